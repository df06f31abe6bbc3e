import type { MikroORM } from '@mikro-orm/postgresql';
import type { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { BillingTurn } from '#catalog/billing/billing-turn.js';
import type { TenantChanged } from '#catalog/tenants/tenant-registry.js';
import type { WorkBook } from '#catalog/work/work-book.js';

export interface BillingBookParts {
  readonly catalog: MikroORM;
  readonly works: WorkBook;
  readonly audit: PlatformAudit;
  readonly changed: TenantChanged;
}

/** What the platform keeps of its customers, written by one at a time for each. */
export class BillingBook {
  constructor(private readonly parts: BillingBookParts) {}

  /**
   * Runs work in one transaction that is the only one for that customer from before `work` begins until the commit: what it asks of the
   * provider is newer than what anybody wrote before. Whoever waits longer than 4 s for its turn fails.
   */
  async turn<T>(customerId: string, work: (turn: BillingTurn) => Promise<T>): Promise<T> {
    const { catalog, works, audit, changed } = this.parts;
    const { result, turn } = await catalog.em.fork().transactional(async (em) => {
      await em.execute(`select set_config('lock_timeout', '4s', true)`);
      await em.execute(`select pg_advisory_xact_lock(hashtextextended('tenantry.billing:' || ?, 7413))`, [customerId]);
      const begun = new BillingTurn(em, works, audit, customerId);
      return { result: await work(begun), turn: begun };
    });
    for (const id of turn.asked) await works.rung(id);
    for (const tenantId of turn.changed) await changed(tenantId);
    return result;
  }
}
