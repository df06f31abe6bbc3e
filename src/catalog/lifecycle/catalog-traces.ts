import type { EntityManager } from '@mikro-orm/postgresql';

/** Tables that keep what they hold of an erased tenant, and why; the certificate says so. */
export const KEPT_TABLES: Readonly<Record<string, string>> = {
  erasure_certificate: 'the proof that it was erased',
  tombstone: 'so that a restored backup does not bring it back',
  audit_anchor: 'hashes that the platform signed; nothing of what was recorded follows from them, and nobody may take one away',
  work: 'which work was done and when, without what it was about and who asked',
};
/** Platform records whose rows name a tenant beside others: they are a chain, and a chain is not cut. */
export const KEPT_RECORDS = {
  'platform audit': 'what operators did, as a chain that nobody can go back in; ids, and the hash of the name, no people of the tenant',
};

interface TracedTable {
  readonly name: string;
  readonly by: 'tenant_id' | 'id';
}

/**
 * What the catalog itself has of a tenant, rows by table, only where there are any: every table of it that has a `tenant_id`, asked of
 * PostgreSQL and not of a list of ours, so that a table that was added yesterday is not forgotten. The kept tables are not looked into.
 */
export async function searchCatalog(em: EntityManager, tenantId: string): Promise<{ kind: string; count: number }[]> {
  const found: { kind: string; count: number }[] = [];
  for (const { name, by } of await tracedTables(em)) {
    const [row] = await em.execute<{ count: number }[]>(`select count(*)::int as count from ${name} where ${by}::text = ?`, [tenantId]);
    if (row && row.count > 0) found.push({ kind: `rows of ${name}`, count: row.count });
  }
  return found;
}

/** Takes those rows away, the ones that point at others first. */
export async function eraseFromCatalog(em: EntityManager, tenantId: string): Promise<void> {
  for (const { name, by } of await tracedTables(em)) await em.execute(`delete from ${name} where ${by}::text = ?`, [tenantId]);
}

/** Notices of the payment provider know the tenant by its customer alone: before that is forgotten. */
export async function eraseNotices(em: EntityManager, tenantId: string): Promise<void> {
  await em.execute('delete from stripe_event where customer_id in (select customer_id from billing_customer where tenant_id = ?)', [
    tenantId,
  ]);
}

/** What the works of the platform say of the tenant beside its id; that they were done, and when, stays. */
export async function scrubWorks(em: EntityManager, tenantId: string): Promise<void> {
  await em.execute(
    `update work set input = '{}', key = null, error = null,
       origin = jsonb_build_object('surface', 'system', 'principal', null, 'requestId', origin -> 'requestId', 'traceParent', origin -> 'traceParent')
     where tenant_id = ?`,
    [tenantId],
  );
  const ofTenant = 'work_id in (select id from work where tenant_id = ?)';
  await em.execute(`update work_step set result = null, error = null where ${ofTenant}`, [tenantId]);
  await em.execute(`update work_event set error = null where ${ofTenant}`, [tenantId]);
}

/** The names that tables of the catalog note for a tenant in columns called that, such as `role_name` or `secret`. */
export async function notedFor(em: EntityManager, tenantId: string, column: 'role_name' | 'secret'): Promise<string[]> {
  const tables = await em.execute<{ name: string }[]>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name in ('tenant_id', ?)
     group by table_name having count(*) = 2`,
    [column],
  );
  const noted: string[] = [];
  for (const { name } of tables) {
    const rows = await em.execute<{ noted: string | null }[]>(`select "${column}" as noted from "${name}" where tenant_id::text = ?`, [
      tenantId,
    ]);
    noted.push(...rows.flatMap(({ noted: value }) => value ?? []));
  }
  return noted;
}

async function tracedTables(em: EntityManager): Promise<TracedTable[]> {
  const tables = await em.execute<{ name: string }[]>(
    `select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE' order by 1`,
  );
  const pairs = await em.execute<{ from: string; to: string }[]>(
    `select child.relname as "from", parent.relname as "to" from pg_constraint k
     join pg_class child on child.oid = k.conrelid join pg_class parent on parent.oid = k.confrelid
     where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.conrelid <> k.confrelid`,
  );
  const erased = tables.map(({ name }) => name).filter((name) => !(name in KEPT_TABLES));
  const ordered = childrenFirst([...erased, 'tenant'], pairs);
  return ordered.map((name) => ({ name: `"${name}"`, by: name === 'tenant' ? 'id' : 'tenant_id' }));
}

function childrenFirst(names: readonly string[], pairs: readonly { from: string; to: string }[]): string[] {
  const left = new Set(names);
  const ordered: string[] = [];
  while (left.size > 0) {
    const free = [...left].filter((name) => !pairs.some(({ from, to }) => to === name && left.has(from)));
    // A circle of references: whichever is tried first, its constraint has to say that it may be.
    const next = free.length > 0 ? free : [...left];
    for (const name of next) left.delete(name);
    ordered.push(...next);
  }
  return ordered;
}
