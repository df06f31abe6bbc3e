import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';
import type { SecretSource } from '#kernel/isolation/secret-source.js';

/** The secrets of a tenant's own, with all their versions, also those that are deleted and could be recovered: they are purged. */
export class KeyVaultTenantStore implements TenantStore {
  readonly name = 'key-vault';

  constructor(private readonly secrets: SecretSource) {}

  async search(tenant: ErasedTenant): Promise<StoreFinding[]> {
    const [kept, deleted] = await Promise.all([matching(this.secrets.names(), tenant), matching(this.secrets.deletedNames(), tenant)]);
    return [
      { kind: 'secrets', count: kept.length },
      { kind: 'deleted secrets that could be recovered', count: deleted.length },
    ].filter(({ count }) => count > 0);
  }

  async erase(tenant: ErasedTenant): Promise<void> {
    const names = [...(await matching(this.secrets.names(), tenant)), ...(await matching(this.secrets.deletedNames(), tenant))];
    for (const name of new Set(names)) await this.secrets.delete(name);
  }
}

/** By the id, or by the opaque name that the secret of its placement has: `tenant-<name>-…`. */
async function matching(names: AsyncIterable<string>, { id, placement }: ErasedTenant): Promise<string[]> {
  const opaque = placement.secret?.replace(/-db-connection$/, '');
  const found: string[] = [];
  for await (const name of names)
    if (name.includes(id) || (opaque !== undefined && (name === placement.secret || name.startsWith(`${opaque}-`)))) found.push(name);
  return found;
}
