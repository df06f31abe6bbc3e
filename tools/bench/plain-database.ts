import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import pg from 'pg';
import array from 'postgres-array';
import { PLAIN_LOGIN } from '#tools/bench/plain-schema.js';

const CONNECTIONS = 16;

type Row = Record<string, unknown>;

/** The same server without the product: node-postgres as it comes, with the same parsers of values and as many connections. */
export class PlainDatabase {
  readonly pool: pg.Pool;
  readonly url: string;

  constructor(appUrl: string) {
    const url = new URL(appUrl);
    url.username = PLAIN_LOGIN.name;
    url.password = PLAIN_LOGIN.password;
    this.url = url.href;
    this.pool = new pg.Pool({ connectionString: this.url, max: CONNECTIONS, types: sameTypes(), options: '-c search_path=plain' });
  }

  async query(text: string, values: readonly unknown[]): Promise<unknown[]> {
    const { rows } = await this.pool.query<Row>(text, [...values]);
    return rows;
  }

  async prepared(name: string, text: string, values: readonly unknown[]): Promise<unknown[]> {
    const { rows } = await this.pool.query<Row>({ name, text, values: [...values] });
    return rows;
  }

  /** What everybody does: BEGIN, set_config, the statement, COMMIT. */
  recipe(tenantId: string, text: string, values: readonly unknown[]): Promise<unknown[]> {
    return this.transaction([
      { text: `select set_config('app.tenant_id', $1, true)`, values: [tenantId] },
      { text, values },
    ]);
  }

  /** Statements of one transaction, each awaited; gives the rows of the last. */
  async transaction(statements: readonly { text: string; values: readonly unknown[] }[]): Promise<unknown[]> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      let rows: unknown[] = [];
      for (const { text, values } of statements) rows = (await client.query<Row>(text, [...values])).rows;
      await client.query('commit');
      return rows;
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function sameTypes(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  for (const [oid, parse] of Object.entries(createPostgreSqlTypeParsers((text) => array.parse(text)))) {
    types.setTypeParser(Number(oid), parse);
  }
  return types;
}
