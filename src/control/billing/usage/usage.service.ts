import { Injectable } from '@nestjs/common';
import type { UsageView } from '#control/billing/doors/billing.schemas.js';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { MemberTables } from '#workspace/members/member-tables.js';
import { UsageReader } from '#workspace/usage/usage-reader.js';

/** How much of its plan the tenant in scope uses. */
@Injectable()
export class UsageService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly plans: PlanCatalogue,
    private readonly reader: UsageReader,
  ) {}

  async read(): Promise<UsageView> {
    const { limits } = this.plans.entitlementsOf(TenantScope.require('read usage'));
    const [{ period, meters }, members] = [await this.reader.present(), await this.#members()];
    return {
      periodStart: period.start.toISOString(),
      periodEnd: period.end.toISOString(),
      meters: [...meters],
      limits: [{ limit: 'members', used: members, atMost: limits.members }],
    };
  }

  async #members(): Promise<number> {
    const { count } = await this.contexts
      .reads<MemberTables>()
      .selectFrom('member')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .where('status', '<>', 'disabled')
      .executeTakeFirstOrThrow();
    return Number(count);
  }
}
