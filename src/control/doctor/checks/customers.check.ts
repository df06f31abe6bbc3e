import type { BillingProvider } from '#control/billing/billing-provider.js';
import type { Check, Finding } from '#control/doctor/check.js';
import { isUuid } from '#kernel/model/uuid.js';

/** A tenant with the customer that is on record for it. */
export interface BilledTenant {
  readonly tenantId: string;
  readonly customerId: string;
}

/**
 * Holds the customers of the payment provider against the tenants, both ways. Customers without a tenant in their metadata are not ours, and those
 * of tenants that were never here may be another installation's: only what is left of an erased tenant is taken away.
 */
export class CustomersCheck implements Check {
  readonly name = 'customers';

  constructor(
    private readonly billing: Pick<BillingProvider, 'allCustomers' | 'deleteCustomer'>,
    private readonly tenants: () => Promise<ReadonlySet<string>>,
    private readonly erased: (ids: readonly string[]) => Promise<readonly string[]>,
    private readonly billed: () => Promise<readonly BilledTenant[]>,
  ) {}

  async look(): Promise<readonly Finding[]> {
    const there = new Map<string, string>();
    for await (const { id, tenantId } of this.billing.allCustomers()) if (tenantId !== null) there.set(id, tenantId);
    const [everybody, billed] = [await this.tenants(), await this.billed()];
    const unknown = [...there.values()].filter((id) => !everybody.has(id) && isUuid(id));
    const erased = new Set(await this.erased(unknown));
    const recorded = new Map(billed.map(({ tenantId, customerId }) => [tenantId, customerId]));
    return [
      ...[...there]
        .filter(([id, tenantId]) => !everybody.has(tenantId) || (recorded.get(tenantId) ?? id) !== id)
        .map(([id, tenantId]) => ({
          subject: `customer ${id}`,
          problem: everybody.has(tenantId) ? 'is a second one of its tenant' : 'is of a tenant that there is not',
          // A second one may be the one that pays.
          mend: erased.has(tenantId) ? () => this.billing.deleteCustomer(id) : null,
          mayBeYoung: true,
        })),
      ...billed
        .filter(({ customerId }) => !there.has(customerId))
        .map(({ tenantId, customerId }) => ({
          subject: `customer ${customerId}`,
          problem: `is on record for tenant ${tenantId} and not at the payment provider`,
          mend: null,
          mayBeYoung: false,
        })),
    ];
  }
}
