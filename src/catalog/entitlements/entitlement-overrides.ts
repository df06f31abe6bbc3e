import type { MikroORM } from '@mikro-orm/postgresql';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import type { PlatformAudit } from '#catalog/audit/platform-audit.js';
import type { TenantChanged } from '#catalog/tenants/tenant-registry.js';
import type { EntitlementOverride } from '#kernel/tenancy/entitlements.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

/** What was agreed with a tenant, by whom and why; times as RFC 3339. */
export interface AgreedEntitlement extends EntitlementOverride {
  readonly reason: string;
  readonly setBy: string;
  readonly setAt: string;
}

interface Row {
  readonly key: string;
  readonly value: string;
  readonly until: string | null;
  readonly reason: string;
  readonly set_by: string;
  readonly set_at: string;
}

/** What was agreed with tenants beside their plans; each change is on the platform's record and told to every process. */
export class EntitlementOverrides {
  constructor(
    private readonly catalog: MikroORM,
    private readonly changed: TenantChanged,
    private readonly audit: PlatformAudit,
  ) {}

  /** In the order of their keys, also those that are over. */
  async of(tenantId: string): Promise<AgreedEntitlement[]> {
    const rows = await this.catalog.em
      .fork()
      .execute<Row[]>(
        'select key, value::text, until::text, reason, set_by, set_at::text from entitlement_override where tenant_id = ? order by key',
        [tenantId],
      );
    return rows.map((row) => ({
      ...{ key: row.key, value: JSON.parse(row.value) as boolean | number, reason: row.reason, setBy: row.set_by },
      ...{ until: row.until && new Date(row.until).toISOString(), setAt: new Date(row.set_at).toISOString() },
    }));
  }

  /** Takes the place of what was agreed under that key before. */
  async set(tenantId: string, { key, value, until, reason }: EntitlementOverride & { readonly reason: string }): Promise<void> {
    await this.catalog.em.fork().transactional(async (em) => {
      const [before] = await em.execute<{ value: string }[]>(
        'select value::text from entitlement_override where tenant_id = ? and key = ? for update',
        [tenantId, key],
      );
      await em.execute(
        `insert into entitlement_override (tenant_id, key, value, until, reason, set_by) values (?, ?, ?::jsonb, ?, ?, ?)
         on conflict (tenant_id, key) do update set value = excluded.value, until = excluded.until, reason = excluded.reason,
           set_by = excluded.set_by, set_at = clock_timestamp()`,
        [tenantId, key, JSON.stringify(value), until, reason, actor()],
      );
      await this.audit.record(em, {
        action: 'entitlement.set',
        targets: [tenantTarget(tenantId)],
        changes: [{ path: key, old: before ? (JSON.parse(before.value) as unknown) : null, new: value }],
        details: { until, reason },
      });
    });
    await this.changed(tenantId);
  }

  /** False when nothing was agreed under that key. */
  async remove(tenantId: string, key: string, reason: string): Promise<boolean> {
    const isRemoved = await this.catalog.em.fork().transactional(async (em) => {
      const [before] = await em.execute<{ value: string }[]>(
        'delete from entitlement_override where tenant_id = ? and key = ? returning value::text',
        [tenantId, key],
      );
      if (!before) return false;
      const changes = [{ path: key, old: JSON.parse(before.value) as unknown, new: null }];
      await this.audit.record(em, { action: 'entitlement.remove', targets: [tenantTarget(tenantId)], changes, details: { reason } });
      return true;
    });
    await this.changed(tenantId);
    return isRemoved;
  }
}

function actor(): string {
  const { operator, principal } = WorkOrigin.current();
  return (operator?.name ?? principal?.id ?? 'platform').slice(0, 200);
}
