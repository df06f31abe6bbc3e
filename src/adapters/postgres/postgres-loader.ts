import type pg from 'pg';
import { resealed } from '#adapters/postgres/audit-reseal.js';
import { CATALOGUE, type CatalogueRow, shapesOf } from '#adapters/postgres/home-catalogue.js';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import { fingerprintOf } from '#control/lifecycle/export/declared-tables.js';
import { ImportRefusedError } from '#control/lifecycle/export/export.errors.js';
import type { TableShape } from '#control/lifecycle/export/tenant-tables.js';
import type { LoadedTable, TenantLoad, TenantLoader } from '#control/lifecycle/import/tenant-loader.js';
import { clusterNamed, type Cluster } from '#control/provisioning/cluster.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { AuditSigner } from '#workspace/audit/audit-signer.js';

const LINES_AT_ONCE = 500;

/**
 * Fills homes as provisioning, past policies and triggers: the tenant is not open yet, and what the triggers would compute comes along.
 * Checks bind it all the same, and foreign keys are looked at in the end.
 */
export class PostgresLoader implements TenantLoader {
  constructor(
    private readonly clusters: readonly Cluster[],
    private readonly signer: AuditSigner,
  ) {}

  load(tenant: Tenant, { fingerprint, tables }: TenantLoad): Promise<Record<string, number>> {
    const { cluster, database, schema } = tenant.placement;
    return withSession(atDatabase(clusterNamed(cluster, this.clusters).provisionUrl, database), (session) =>
      inTransaction(session, async () => {
        const shapes = shapesOf((await session.query<CatalogueRow>(CATALOGUE, [schema])).rows);
        if (fingerprintOf(shapes) !== fingerprint) throw new ImportRefusedError('it was taken from another version of the tables');
        await session.query('set local session_replication_role = replica');
        const counts: Record<string, number> = {};
        for (const table of tables) counts[table.name] = await fill(session, tenant, table, shapeOf(table, shapes));
        await requireWholeReferences(session, tenant);
        await resealed(session, tenant, this.signer);
        return counts;
      }),
    );
  }
}

function shapeOf({ name, columns }: LoadedTable, shapes: readonly TableShape[]): TableShape {
  const shape = shapes.find((each) => each.name === name);
  if (!shape || !columns.every((column) => shape.columns.some((each) => each.name === column)))
    throw new ImportRefusedError(`there is no table like its ${name}`);
  return shape;
}

async function fill(session: pg.Client, { id, placement }: Tenant, loaded: LoadedTable, shape: TableShape): Promise<number> {
  const table = `${identifier(placement.schema)}.${identifier(shape.name)}`;
  const computed = new Set(shape.columns.filter(({ isGenerated }) => isGenerated).map(({ name }) => name));
  const names = loaded.columns.filter((name) => !computed.has(name)).map(identifier);
  const text = `insert into ${table} (${['tenant_id', ...names].join(', ')})
    select ${['$1::uuid', ...names.map((name) => `r.${name}`)].join(', ')} from json_populate_recordset(null::${table}, $2::json) r`;
  let count = 0;
  let waiting: string[] = [];
  const send = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const { rowCount } = await session.query(text, [id, `[${waiting.join(',')}]`]);
    count += rowCount ?? 0;
    waiting = [];
  };
  for await (const line of loaded.lines()) {
    waiting.push(line);
    if (waiting.length >= LINES_AT_ONCE) await send();
  }
  await send();
  return count;
}

/** The triggers that would have refused a row without the one it points at were off. */
async function requireWholeReferences(session: pg.Client, { id, placement }: Tenant): Promise<void> {
  const { rows } = await session.query<{ child: string; parent: string; pairs: string; given: string }>(
    `select k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent,
       string_agg(format('p.%I = c.%I', pa.attname, ca.attname), ' and ') as pairs, string_agg(format('c.%I is not null', ca.attname), ' and ') as given
     from pg_constraint k cross join lateral unnest(k.conkey, k.confkey) as pair (child, parent)
     join pg_attribute ca on ca.attrelid = k.conrelid and ca.attnum = pair.child
     join pg_attribute pa on pa.attrelid = k.confrelid and pa.attnum = pair.parent
     where k.contype = 'f' and k.connamespace = $1::regnamespace group by k.oid, 1, 2`,
    [identifier(placement.schema)],
  );
  for (const { child, parent, pairs, given } of rows) {
    const { rowCount } = await session.query(
      `select from ${child} c where c.tenant_id = $1 and ${given} and not exists (select from ${parent} p where ${pairs}) limit 1`,
      [id],
    );
    if (rowCount) throw new ImportRefusedError(`a row of ${child} points at one of ${parent} that is not there`);
  }
}
