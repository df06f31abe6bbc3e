import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { SqlState, sqlStateOf } from '#kernel/isolation/isolation.errors.js';

/** Who drops a database ends its sessions first, and has dropped it soon after. */
const ENDED_AGAIN_MS = 500;

/** A table with rows of the tenant: its name as SQL text, and which rows those are, with the tenant's id as $1. */
export interface TracedRows {
  readonly kind: string;
  readonly table: string;
  readonly which: string;
  readonly count: number;
}

/** What is looked for, and what need not be looked at. */
export interface TraceTask {
  readonly tenantId: string;
  /** What occurs in the names of what was made for the tenant alone. */
  readonly opaque: readonly string[];
  /** Logins that are known to be made for it. */
  readonly roles: readonly string[];
  readonly provisionUrl: string;
  /** Databases that are known to be others'. */
  readonly others: ReadonlySet<string>;
  /** Whether the session is in a database that many tenants share. */
  readonly isShared: boolean;
}

/** Finds what a server has of one tenant, in the server's own catalogue; by a session of provisioning. */
export class TenantTraces {
  constructor(
    private readonly session: pg.Client,
    private readonly task: TraceTask,
  ) {}

  /** Rows with the tenant's id in any table there is, except in homes that the fence knows to be others'. */
  async rows(): Promise<TracedRows[]> {
    if (!this.task.isShared) return [];
    const { rows: tables } = await this.session.query<{ home: string; name: string; is_uuid: boolean }>(
      `select n.nspname as home, c.relname as name, a.atttypid = 'uuid'::regtype as is_uuid
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
       where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
         and not exists (select from tenancy.fence f where f.home = n.nspname and f.home <> all($2) and f.tenant_id <> $1)
       order by 1, 2`,
      [this.task.tenantId, ['shared', 'app', 'tenancy']],
    );
    const found: TracedRows[] = [];
    for (const { home, name, is_uuid: isUuid } of tables) {
      const table = `${identifier(home)}.${identifier(name)}`;
      const which = isUuid ? 'tenant_id = $1' : 'tenant_id::text = $1';
      const count = await this.#count(this.session, table, which);
      if (count > 0) found.push({ kind: `rows of ${home}.${name}`, table, which, count });
    }
    return found;
  }

  /** Schemas of the tenant's own: by name, or because the fence says that it lives there. */
  async schemas(): Promise<string[]> {
    if (!this.task.isShared) return [];
    const { rows } = await this.session.query<{ name: string }>(
      `select n.nspname as name from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> all($3)
         and (exists (select from unnest($2::text[]) o where position(o in n.nspname) > 0)
           or exists (select from tenancy.fence f where f.home = n.nspname and f.tenant_id = $1))
       union select m.home from tenancy.migration m where m.home <> all($3) and exists (select from unnest($2::text[]) o where position(o in m.home) > 0)
       order by 1`,
      [this.task.tenantId, this.task.opaque, ['shared', 'app', 'tenancy', 'public', 'information_schema']],
    );
    return rows.map(({ name }) => name);
  }

  /** Logins of the tenant's own: by name, or because they are noted for it, beside its home or in the catalog. */
  async roles(): Promise<string[]> {
    const noted = [...this.task.roles, ...(this.task.isShared ? await this.#notedRoles(this.session) : [])];
    for (const database of await this.databases()) noted.push(...(await this.#inside(database, (own) => this.#notedRoles(own), [])));
    const { rows } = await this.session.query<{ name: string }>(
      `select rolname as name from pg_roles
       where rolname = any($2) or exists (select from unnest($1::text[]) o where position(o in rolname) > 0) order by 1`,
      [this.task.opaque, noted],
    );
    return rows.map(({ name }) => name);
  }

  /** Databases of the tenant's own: by name, or because one that is nobody's says so of itself. */
  async databases(): Promise<string[]> {
    const { rows } = await this.session.query<{ name: string }>(
      `select datname as name from pg_database where datallowconn and not datistemplate and datname <> current_database() order by 1`,
    );
    const found: string[] = [];
    for (const { name } of rows)
      if (this.task.opaque.some((part) => name.includes(part)) || (!this.task.others.has(name) && (await this.#saysItIsOurs(name))))
        found.push(name);
    return found;
  }

  /** Ends the logins of auditors where they were made, because nobody else may take back what was granted to them there. */
  async endAuditors(): Promise<void> {
    const end = async (session: pg.Client): Promise<void> => {
      const known = await session.query<{ is_known: boolean }>(`select to_regproc('tenancy.revoke_auditors') is not null as is_known`);
      if (known.rows[0]?.is_known) await session.query('select tenancy.revoke_auditors($1)', [this.task.tenantId]);
    };
    await end(this.session);
    for (const database of await this.databases()) await this.#inside(database, end, undefined);
  }

  async #notedRoles(session: pg.Client): Promise<string[]> {
    const { rows: tables } = await session.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       join pg_attribute r on r.attrelid = c.oid and r.attname = 'role_name'
       where c.relnamespace = to_regnamespace('tenancy') and c.relkind = 'r'`,
    );
    const noted: string[] = [];
    for (const { name } of tables) {
      const { rows } = await session.query<{ role: string }>(
        `select role_name::text as role from tenancy.${identifier(name)} where tenant_id::text = $1`,
        [this.task.tenantId],
      );
      noted.push(...rows.map(({ role }) => role));
    }
    return noted;
  }

  #saysItIsOurs(database: string): Promise<boolean> {
    const ask = async (session: pg.Client): Promise<boolean> => {
      const known = await session.query<{ is_known: boolean }>(`select to_regclass('tenancy.whoami') is not null as is_known`);
      if (!known.rows[0]?.is_known) return false;
      return (await this.#count(session, 'tenancy.whoami', 'tenant_id = $1')) > 0;
    };
    return this.#inside(database, ask, false);
  }

  /** One that somebody dropped meanwhile answers `gone`; one whose sessions somebody ends, as who is dropping it does, is asked once more. */
  async #inside<T>(database: string, work: (session: pg.Client) => Promise<T>, gone: T, isFirst = true): Promise<T> {
    try {
      return await withSession(atDatabase(this.task.provisionUrl, database), work);
    } catch (error) {
      const { rowCount } = await this.session.query('select from pg_database where datname = $1', [database]);
      if (!rowCount) return gone;
      if (!isFirst || sqlStateOf(error) !== SqlState.adminShutdown) throw error;
      await wait(ENDED_AGAIN_MS);
      return this.#inside(database, work, gone, false);
    }
  }

  async #count(session: pg.Client, table: string, which: string): Promise<number> {
    const { rows } = await session.query<{ count: string }>(`select count(*) from ${table} where ${which}`, [this.task.tenantId]);
    return Number(rows[0]?.count);
  }
}
