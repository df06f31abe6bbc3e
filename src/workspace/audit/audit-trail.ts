import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { AuditRegister } from '#workspace/audit/audit-register.js';
import type { AuditEntry } from '#workspace/audit/audit-entry.js';
import { type AuditRow, auditRowOf } from '#workspace/audit/audit-row.js';
import type { AuditTables } from '#workspace/audit/audit-table.js';

/**
 * Puts on record what is done in the tenant in scope: who, from where and in which request follows from the WorkOrigin. The order, the time
 * and the chain of hashes are the database's own. Entries are declared with `auditAction` and listed as `auditActions` of a Plugin; one that
 * is not raises AuditSchemaViolationError in tests and is kept as `audit.schema-violation` in production.
 */
export class AuditTrail {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly actions: AuditRegister,
  ) {}

  /** Kept with the transaction in scope or not at all. Raises NoTransactionError outside one. */
  record(entry: AuditEntry): void {
    const transaction = TenantTransaction.require(`record ${entry.action}`);
    const row = auditRowOf(this.actions.declared(entry), transaction.tenant.id, WorkOrigin.current());
    transaction.keep(this, () => this.#begin(transaction)).push(row);
  }

  /** Kept whatever becomes of the transaction in scope: for what was refused. */
  async recordAlone(entry: AuditEntry): Promise<void> {
    await TenantTransaction.leave(() => this.contexts.transaction(async () => this.record(entry)));
  }

  /** One statement at the transaction's end: the tenant's turn is taken with its first row and held until the commit. */
  #begin(transaction: TenantTransaction): AuditRow[] {
    const rows: AuditRow[] = [];
    transaction.beforeCommit(async () => {
      await transaction.sql<AuditTables>().insertInto('audit_event').values(rows).execute();
    });
    return rows;
  }
}
