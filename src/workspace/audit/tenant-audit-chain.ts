import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { AuditChain, ChainPlace, KeptEvent } from '#workspace/audit/audit-chain.js';
import { selectKept } from '#workspace/audit/select-kept.js';
import type { AuditTables } from '#workspace/audit/audit-table.js';

/** The chain of the tenant in scope; each call is a statement of its own. */
export class TenantAuditChain implements AuditChain {
  readonly chain = TenantScope.require('read the audit chain').id;

  constructor(private readonly contexts: TenantContextFactory) {}

  async head(): Promise<ChainPlace | null> {
    const row = await this.contexts
      .reads<AuditTables>()
      .selectFrom('audit_head')
      .select((eb) => ['seq', eb.fn<string>('encode', ['hash', eb.val('hex')]).as('hash')])
      .executeTakeFirst();
    return row ? { seq: Number(row.seq), hash: row.hash } : null;
  }

  async page(after: number, limit: number): Promise<KeptEvent[]> {
    const rows = await selectKept(this.contexts).where('seq', '>', String(after)).orderBy('seq').limit(limit).execute();
    return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
  }

  async newest(action: string): Promise<KeptEvent | null> {
    const row = await selectKept(this.contexts).where('action', '=', action).orderBy('seq', 'desc').limit(1).executeTakeFirst();
    return row ? { ...row, seq: Number(row.seq) } : null;
  }
}
