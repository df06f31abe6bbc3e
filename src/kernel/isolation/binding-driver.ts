import {
  raw,
  type Configuration,
  type EntityMetadata,
  type FindOptions,
  type LoggingOptions,
  type PopulateOptions,
  type RawQueryFragment,
  type Transaction,
} from '@mikro-orm/core';
import { PostgreSqlConnection, PostgreSqlDriver, type AnyQueryBuilder } from '@mikro-orm/postgresql';
import { CompiledQuery, type Kysely } from 'kysely';

/** MikroORM's driver, whose statements carry their values as parameters and not in their text. */
export class BindingDriver extends PostgreSqlDriver {
  constructor(config: Configuration) {
    super(config);
    // The driver makes its connection in its constructor and takes no other class for it.
    Reflect.set(this, 'connection', new BindingConnection(config));
  }

  /** Columns by their names and not `*`: what a migration adds to a table changes nothing for a statement whose plan is kept. */
  protected override buildFields<T extends object>(
    meta: EntityMetadata<T>,
    populate: PopulateOptions<T>[],
    joinedProps: PopulateOptions<T>[],
    qb: AnyQueryBuilder<T>,
    alias: string,
    options: FieldOptions<T>,
    schema?: string,
  ): ReturnType<PostgreSqlDriver['buildFields']> {
    const fields = super.buildFields(meta, populate, joinedProps, qb, alias, options, schema);
    if (!fields.includes('*')) return fields;
    const columns = meta.props.filter((prop) => this.platform.shouldHaveColumn(prop, populate)).map(({ name }) => name);
    return fields.flatMap((field) => (field === '*' ? (columns as typeof fields) : [field]));
  }
}

type FieldOptions<T extends object> = Pick<FindOptions<T>, 'strategy' | 'fields' | 'exclude'>;

type Method = 'all' | 'get' | 'run';
type Statement = Parameters<PostgreSqlConnection['execute']>[0];

/**
 * The ORM writes values into the text of each statement, so that every statement is another one: none could be kept prepared, and a tenant's
 * values would show wherever statements do. This connection binds them; what has no plain form (arrays, JSON, fragments) stays in the text.
 */
class BindingConnection extends PostgreSqlConnection {
  override async execute<T>(
    query: Statement,
    params: readonly unknown[] | Record<string, unknown> = [],
    method: Method = 'all',
    ctx?: Transaction,
    logging?: LoggingOptions,
  ): Promise<T> {
    if (typeof query !== 'string' || !Array.isArray(params) || (logging && 'signal' in logging))
      return super.execute(query, params, method, ctx, logging) as Promise<T>;
    const values: unknown[] = [];
    const placed = params.map((value: unknown) => (isPlain(value) ? positional(values.push(asText(value))) : value));
    const text = this.platform.formatQuery(query, placed);
    await this.ensureConnection();
    return this.executeQuery(
      query,
      async () => {
        const on = (ctx as Kysely<unknown> | undefined) ?? this.getClient();
        return this.transformRawResult<T>(await on.executeQuery(CompiledQuery.raw(text, values)), method);
      },
      { query, params: placed, ...logging },
    );
  }
}

function positional(position: number): RawQueryFragment {
  return raw(`$${String(position)}`);
}

function isPlain(value: unknown): value is string | number | bigint | boolean | Date {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Date;
}

function asText(value: string | number | bigint | boolean | Date): unknown {
  return value instanceof Date ? value.toISOString() : value;
}
