import { AppError } from '#kernel/errors/app-error.js';

/** SQLSTATEs of provisioning/tenancy.sql and the few of PostgreSQL that routing acts on. */
export const SqlState = {
  noTenant: 'TN001',
  capabilityRefused: 'TN002',
  tenantClosed: 'TN003',
  /** What is answered where a tenant's home has just been. */
  undefinedTable: '42P01',
  invalidPassword: '28P01',
  invalidAuthorization: '28000',
  noSuchDatabase: '3D000',
  adminShutdown: '57P01',
  lockNotAvailable: '55P03',
} as const;

/** A plan that is kept gives other columns than its table by now: it was migrated. PostgreSQL tells it by the routine alone (0A000 says many things). */
export function isOutgrown(error: unknown): boolean {
  return (error as { routine?: unknown }).routine === 'RevalidateCachedQuery';
}

/** All connections a server may have are in use by all processes together. */
export class ServerBudgetExhaustedError extends AppError {
  readonly code = 'isolation.budget-exhausted';

  constructor(readonly server: string) {
    super(`Server ${server} has no connection to spare.`);
  }
}

/** A connection reached a database that says it belongs to somebody else. */
export class WrongDatabaseError extends AppError {
  readonly code = 'isolation.wrong-database';

  constructor(
    readonly expected: string | null,
    readonly answered: string | null,
  ) {
    super(`Expected the database of ${expected ?? 'no tenant'}, and it says it belongs to ${answered ?? 'no tenant'}.`);
  }
}

/** A statement was not answered within its time; whether it took effect is not known. */
export class StatementDeadlineError extends AppError {
  readonly code = 'isolation.deadline';

  constructor(readonly milliseconds: number) {
    super(`The database did not answer within ${milliseconds} ms.`);
  }
}

/** Something in the transaction had failed, whether or not that was caught: nothing of it was kept. */
export class TransactionRolledBackError extends AppError {
  readonly code = 'isolation.rolled-back';

  constructor(options?: ErrorOptions) {
    super('The transaction had failed, and was rolled back instead of committed.', options);
  }
}

/** A transaction ran a command that speaks to the session or locks a table (SET, LOCK, PREPARE …), and was ended for it. */
export class SessionCommandRefusedError extends AppError {
  readonly code = 'isolation.session-command';

  constructor(readonly command: string) {
    super(`${command} is not allowed inside a tenant's transaction; the transaction was ended.`);
  }
}

/** Something that must be kept together with what caused it was tried outside a transaction. */
export class NoTransactionError extends AppError {
  readonly code = 'isolation.no-transaction';

  constructor(readonly operation: string) {
    super(`Cannot ${operation}: no transaction is in scope.`);
  }
}

/** Streaming a result was asked for; a tenant's rows are read in pages, because a cursor would outlive its flush. */
export class StreamingUnsupportedError extends AppError {
  readonly code = 'isolation.streaming-unsupported';

  constructor() {
    super('Results are not streamed through the tenant dialect; read them in pages.');
  }
}

/** The SQLSTATE of an error that the database answered, if it is one. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined;
  return String(error.code);
}

/** Whether the database did not let this login in. */
export function refusedLogin(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === SqlState.invalidPassword || state === SqlState.invalidAuthorization;
}
