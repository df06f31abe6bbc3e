import { createHash } from 'node:crypto';
import { CompiledQuery, Kysely, type ControlledTransaction } from 'kysely';
import { TenantDialect } from '#kernel/isolation/tenant-dialect.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Platform } from '#main/platform.js';

/** What one statement answered. */
export type StatementAnswer = { rows: unknown[] } | { error: { code: string; message: string } };

interface SqlRun {
  readonly slug: string;
  readonly statements: readonly string[];
  readonly readonly: boolean;
  /** All in one transaction; after a statement that failed the rest run in a new one. */
  readonly script: boolean;
}

type Database = Kysely<unknown>;

/** That SQL is run, and which by its hash; the text itself may hold what is nobody's business. */
export async function recordSql({ directory, platformAudit }: Platform, { slug, statements, readonly }: SqlRun): Promise<void> {
  const tenant = await directory.bySlug(slug);
  const sha256 = createHash('sha256').update(statements.join('\n')).digest('hex');
  await platformAudit.recordAlone({
    action: 'tenant.run-sql',
    targets: [{ type: 'tenant', id: tenant?.id ?? slug }],
    details: { statements: statements.length, readonly, sha256 },
  });
}

/** Runs SQL as a request of the tenant would: same directory, gate, pool, login, prologue, watchdog. Raises the gate's errors. */
export async function* runTenantSql(platform: Platform, { slug, statements, readonly, script }: SqlRun): AsyncGenerator<StatementAnswer> {
  const tenant = requireActive(await platform.directory.bySlug(slug));
  const database: Database = new Kysely({ dialect: new TenantDialect(platform.routing) });
  const inScope = <T>(work: () => Promise<T>): Promise<T> => TenantScope.run(tenant, work);
  if (!script && !readonly) {
    for (const text of statements) yield await inScope(() => answer(database, text));
    return;
  }
  let transaction: ControlledTransaction<unknown> | undefined;
  for (const text of statements) {
    const current = (transaction ??= await inScope(() => begin(database, readonly)));
    const given = await inScope(() => answer(current, text));
    if ('error' in given) {
      await inScope(() => current.rollback().execute()).catch(() => undefined);
      transaction = undefined;
    }
    yield given;
  }
  const last = transaction;
  if (last) await inScope(() => last.commit().execute());
}

function begin(database: Database, readonly: boolean): Promise<ControlledTransaction<unknown>> {
  const start = database.startTransaction();
  return (readonly ? start.setAccessMode('read only') : start).execute();
}

async function answer(on: Database, text: string): Promise<StatementAnswer> {
  try {
    const { rows } = await on.executeQuery(CompiledQuery.raw(text));
    return { rows };
  } catch (error) {
    const { code = 'unknown', message } = error as Error & { code?: string };
    return { error: { code, message } };
  }
}
