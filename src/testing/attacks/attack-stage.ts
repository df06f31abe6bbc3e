import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { atDatabase, identifier } from '#adapters/postgres/session.js';
import { sqlStateOf } from '#kernel/isolation/isolation.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { AttackCase, Statement, Targets } from '#testing/attacks/attack-case.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform, type Tier } from '#testing/test-platform.js';

export type Row = Record<string, unknown>;
export type Outcome = { readonly rows: Row[] } | { readonly error: unknown };

const OWN_TITLE = 'own';
const OWN_ROWS = 3;

/** What the victim has and sees: it must be the same after every attack. */
const VICTIM_LOOKS = `select json_agg(json_build_array(id, title, version) order by id) as tickets, ${[
  'search_path',
  'row_security',
  'statement_timeout',
  'transaction_timeout',
  'idle_session_timeout',
  'transaction_read_only',
  'transaction_isolation',
  'client_encoding',
  'TimeZone',
  'DateStyle',
  'work_mem',
  'application_name',
]
  .map((name) => `current_setting('${name}') as "${name}"`)
  .join(', ')}, current_user, session_user from tickets`;

/** An attacker and a victim of one tier on a pool of one connection, and a superuser who looks at what is really there. */
export class AttackStage {
  readonly sql: TenantSql;

  private constructor(
    readonly test: TestPlatform,
    readonly targets: Targets,
    /** Stands in every row of the victim's, and in no statement of the attacker's. */
    private readonly marker: string,
    private readonly witnesses: Readonly<Record<'me' | 'victim', pg.Client>>,
  ) {
    this.sql = new TenantSql(test.platform);
  }

  static async open(tier: Tier, settings: Record<string, string> = {}, region = 'eu-west'): Promise<AttackStage> {
    const test = await TestPlatform.open({ CONNECTIONS_PER_CLUSTER_POOL: '1', CONNECTIONS_PER_DATABASE_POOL: '1', ...settings });
    const [me, victim] = [await test.tenant(tier, region), await test.tenant(tier, region)];
    const marker = `secret-${randomBytes(8).toString('hex')}`;
    const sql = new TenantSql(test.platform);
    const [ownTicket, victimTicket] = [await seed(sql, me, OWN_TITLE), await seed(sql, victim, marker)];
    const witnesses = { me: await superuser(test, me), victim: await superuser(test, victim) };
    return new AttackStage(test, { me, victim, ownTicket, victimTicket }, marker, witnesses);
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.witnesses).map((witness) => witness.end()));
    await this.test.close();
  }

  /** What may never be in an answer to the attacker: the victim's rows, and what opens them. */
  get secrets(): string[] {
    const { id, placement } = this.targets.victim;
    return [this.marker, this.test.platform.keys.present({ tenantId: id, epoch: placement.epoch, cluster: placement.cluster })];
  }

  /** The answer to each statement. */
  async perform({ script, inTransaction }: AttackCase): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const note = async (rows: Promise<Row[]>): Promise<void> => {
      outcomes.push(await rows.then((given) => ({ rows: given })).catch((error: unknown) => ({ error })));
    };
    if (!inTransaction) {
      for (const statement of script) await note(this.sql.run(this.targets.me, ...this.#written(statement)));
      return outcomes;
    }
    const transaction = this.sql.transaction(this.targets.me, async (run) => {
      for (const statement of script) await note(run(...this.#written(statement)));
    });
    await transaction.catch(() => undefined);
    return outcomes;
  }

  /** The answer in the words of the case, for comparing. */
  inWordsOf(expected: string, outcome: Outcome): string {
    if ('error' in outcome) return codeOf(outcome.error);
    const { rows } = outcome;
    if (/(^|\|)own rows/.test(expected)) {
      const own = rows.length === OWN_ROWS && rows.every(({ title }) => String(title).startsWith(OWN_TITLE));
      return own ? 'own rows' : JSON.stringify(rows);
    }
    return /\d rows/.test(expected) ? `${rows.length} rows` : 'done';
  }

  /** Everything of the victim's in both homes, seen by a superuser: foreign rows written would show. */
  async truth(): Promise<unknown> {
    const { me, victim } = this.targets;
    return Promise.all([
      this.#look(this.witnesses.victim, victim, `select t::text as row from %s t where tenant_id = '${victim.id}' order by t::text`),
      this.#look(
        this.witnesses.me,
        me,
        `select count(*) as strangers from %s where tenant_id not in (select tenant_id from tenancy.fence)`,
      ),
    ]);
  }

  /** What the victim's next requests get: one alone, and one that writes in a transaction that is then given up. */
  async victimSees(): Promise<Row & { pid: unknown }> {
    const { victim } = this.targets;
    const [alone] = await this.sql.run(victim, VICTIM_LOOKS);
    const [connection] = await this.sql.run(victim, 'select pg_backend_pid() as pid');
    const givenUp = new Error('given up on purpose');
    let written: Row[] = [];
    await this.sql
      .transaction(victim, async (run) => {
        await run(`update tickets set description = $1 where id = $2`, ['changed', this.targets.victimTicket]);
        written = await run(`select description, current_setting('transaction_isolation') as level from tickets order by description desc`);
        throw givenUp;
      })
      .catch((error: unknown) => {
        if (error !== givenUp) throw error;
      });
    return { alone, written, pid: connection?.['pid'] };
  }

  /** Statements of the attacker's that the server is still busy with, a moment after they were cut. */
  async stillRuns(): Promise<Row[]> {
    const { placement } = this.targets.me;
    const look = `select query from pg_stat_activity where datname = $1 and state = 'active' and pid <> pg_backend_pid() and query ~ '3600|generate_series|pg_class a|recursive r'`;
    let rows: Row[] = [];
    for (let tries = 0; tries < 20; tries += 1) {
      ({ rows } = await this.witnesses.me.query<Row>(look, [placement.database]));
      if (rows.length === 0) break;
      await this.witnesses.me.query('select pg_sleep(0.02)');
    }
    return rows;
  }

  #written(statement: Statement): [string, readonly unknown[]] {
    const made = typeof statement === 'string' ? statement : statement(this.targets);
    return typeof made === 'string' ? [made, []] : [made.text, made.values];
  }

  async #look(witness: pg.Client, { placement }: Tenant, query: string): Promise<Row[]> {
    const { rows } = await witness.query<Row>(query.replace('%s', `${identifier(placement.schema)}.tickets`));
    return rows;
  }
}

/** The database's own code where there is one, also inside an error of ours. */
export function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const state = sqlStateOf(at);
    if (state) return state;
  }
  return String((error as { code?: unknown }).code);
}

/** All an error says, causes included. */
export function allOf(outcome: Outcome): string {
  if (!('error' in outcome)) return JSON.stringify(outcome.rows);
  const words: string[] = [];
  for (let at = outcome.error; at instanceof Error; at = at.cause)
    words.push(JSON.stringify(Object.getOwnPropertyNames(at).map((key) => String(Reflect.get(at as object, key)))));
  return words.join('\n');
}

async function seed(sql: TenantSql, tenant: Tenant, title: string): Promise<string> {
  const [first] = await sql.run(
    tenant,
    `insert into tickets (tenant_id, id, title, created_at, updated_at)
     select $1, gen_random_uuid(), $2 || ' ' || n, now(), now() from generate_series(1, ${OWN_ROWS}) n returning id`,
    [tenant.id, title],
  );
  return String(first?.['id']);
}

async function superuser({ platform }: TestPlatform, { placement }: Tenant): Promise<pg.Client> {
  const cluster = platform.clusters.find(({ name }) => name === placement.cluster);
  const witness = new pg.Client({ connectionString: atDatabase(String(cluster?.provisionUrl), placement.database) });
  await witness.connect();
  return witness;
}
