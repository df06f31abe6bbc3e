import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';

/** What the tenant in scope calls itself now; before it has a card, what it was ordered as. */
export async function companyName(contexts: TenantContextFactory): Promise<string> {
  const card = await contexts.reads<{ company: { name: string } }>().selectFrom('company').select('name').executeTakeFirst();
  return card?.name ?? TenantScope.require('name the company').name;
}
