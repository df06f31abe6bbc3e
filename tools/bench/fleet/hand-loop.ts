import pg from 'pg';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { atDatabase } from '#adapters/postgres/session.js';
import type { Home } from '#catalog/fleet/home-ledger.js';

/** The loop somebody writes by hand: one transaction and one message a home, so many connections, nothing remembered and nothing checked. */
export async function handLoop(migratorUrl: string, homes: readonly Home[], step: MigrationStep, atOnce: number): Promise<void> {
  const left = homes.values();
  const walk = async (): Promise<void> => {
    const session = new ByDatabase(migratorUrl);
    for (const { database, home } of left) await (await session.at(database)).query(messageOf(home, step));
    await session.end();
  };
  await Promise.all(Array.from({ length: atOnce }, walk));
}

/** The connection stays while the database does. */
class ByDatabase {
  #database: string | undefined;
  #session: pg.Client | undefined;

  constructor(private readonly url: string) {}

  async at(database: string): Promise<pg.Client> {
    if (this.#session && this.#database === database) return this.#session;
    await this.end();
    this.#database = database;
    this.#session = new pg.Client({ connectionString: atDatabase(this.url, database) });
    await this.#session.connect();
    return this.#session;
  }

  async end(): Promise<void> {
    await this.#session?.end();
  }
}

/** One client a home and one statement a trip: what a script does that was not thought about. */
export async function clientPerHome(migratorUrl: string, homes: readonly Home[], step: MigrationStep): Promise<void> {
  for (const { database, home } of homes) {
    const session = new pg.Client({ connectionString: atDatabase(migratorUrl, database) });
    await session.connect();
    for (const statement of messageOf(home, step).split(';\n')) await session.query(statement);
    await session.end();
  }
}

function messageOf(home: string, { name, statements }: MigrationStep): string {
  return [
    'begin',
    `set local lock_timeout = '3s'`,
    'set local role tenantry_owner',
    `set local search_path = ${pg.escapeIdentifier(home)}, pg_temp`,
    ...statements,
    'set local role none',
    `insert into tenancy.migration (home, name) values (${pg.escapeLiteral(home)}, ${pg.escapeLiteral(name)})`,
    'commit',
  ].join(';\n');
}
