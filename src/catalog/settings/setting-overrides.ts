import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { CatalogUnavailableError } from '#catalog/catalog.errors.js';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

/** A request may wait for these, so they are given less time than other work on the catalog. */
const ANSWER_WITHIN_MS = 1_500;

/** What was decided of one setting of a tenant. */
export interface SettingOverride {
  readonly value: unknown;
  readonly version: number;
  readonly at: Date;
  readonly until: Date | null;
  readonly reason: string;
  readonly by: string;
}

/** What is to be decided; `json` is the value as it is kept. */
export interface OverrideWish {
  readonly tenantId: string;
  readonly key: string;
  readonly json: string;
  readonly until: Date | null;
  readonly reason: string;
}

interface OverrideRow {
  key: string;
  value: string;
  version: number;
  at: string;
  until: string | null;
  reason: string;
  by: string;
}

const TIME = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const COLUMNS = `key, value::text, version, to_char(updated_at at time zone 'UTC', ${TIME}) as at,
  to_char(until at time zone 'UTC', ${TIME}) as until, reason, "by"`;

/** What operators decided of tenants' settings, and the only place that writes it. Every change is on record with its reason. */
export class SettingOverrides {
  constructor(
    private readonly catalog: MikroORM,
    private readonly audit = new PlatformAudit(catalog),
  ) {}

  /** All of a tenant, also those that are over, by the names of keys. Raises CatalogUnavailableError. */
  async of(tenantId: string): Promise<ReadonlyMap<string, SettingOverride>> {
    try {
      const sql = `select ${COLUMNS} from setting_override where tenant_id = ?`;
      const rows = await new Deadline(ANSWER_WITHIN_MS).race(this.catalog.em.getConnection().execute<OverrideRow[]>(sql, [tenantId]));
      return new Map(rows.map((row) => [row.key, overrideOf(row)]));
    } catch (error) {
      throw new CatalogUnavailableError(error);
    }
  }

  /** Replaces what was decided before. */
  async put({ tenantId, key, json, until, reason }: OverrideWish): Promise<void> {
    await this.catalog.em.fork().transactional(async (em) => {
      const before = await lock(em, tenantId, key);
      await em.execute(
        `insert into setting_override (tenant_id, key, value, until, reason, "by", version, updated_at) values (?, ?, ?::jsonb, ?, ?, ?, 1, now())
         on conflict (tenant_id, key) do update set value = excluded.value, until = excluded.until, reason = excluded.reason, "by" = excluded."by",
           version = setting_override.version + 1, updated_at = excluded.updated_at`,
        [tenantId, key, json, until?.toISOString() ?? null, reason, authorOf()],
      );
      await this.audit.record(em, {
        action: 'tenant.override-setting',
        targets: [tenantTarget(tenantId)],
        changes: [{ path: key, old: before ?? null, new: JSON.parse(json) as unknown }],
        details: { until: until?.toISOString() ?? null, reason },
      });
    });
  }

  /** Succeeds when there is none. */
  async end({ tenantId, key, reason }: Pick<OverrideWish, 'tenantId' | 'key' | 'reason'>): Promise<void> {
    await this.catalog.em.fork().transactional(async (em) => {
      const before = await lock(em, tenantId, key);
      if (before === undefined) return;
      await em.execute(`delete from setting_override where tenant_id = ? and key = ?`, [tenantId, key]);
      const changes = [{ path: key, old: before, new: null }];
      await this.audit.record(em, {
        action: 'tenant.end-setting-override',
        targets: [tenantTarget(tenantId)],
        changes,
        details: { reason },
      });
    });
  }
}

/** What is decided now; undefined when nothing is. */
async function lock(em: EntityManager, tenantId: string, key: string): Promise<unknown> {
  const sql = `select value::text from setting_override where tenant_id = ? and key = ? for update`;
  const [row] = await em.execute<{ value: string }[]>(sql, [tenantId, key]);
  return row && (JSON.parse(row.value) as unknown);
}

function authorOf(): string {
  const { operator, surface } = WorkOrigin.current();
  return operator ? `operator ${operator.name}` : surface === 'http' ? 'operator' : 'platform';
}

function overrideOf({ value, version, at, until, reason, by }: OverrideRow): SettingOverride {
  return { value: JSON.parse(value) as unknown, version, at: new Date(at), until: until === null ? null : new Date(until), reason, by };
}
