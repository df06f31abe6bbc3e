import { AppError } from '#kernel/errors/app-error.js';
import { StatementDeadlineError, sqlStateOf } from '#kernel/isolation/isolation.errors.js';
import { TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';

/** Classes of SQLSTATE that speak of the server and not of the statement: connection, authorization, no such database, resources, operator. */
const SPEAKS_OF_THE_SERVER = /^(08|28|53|57|58|XX)|^3D000$|^25006$/;

/**
 * What a failure means to the one who asked: an error of the statement stays itself, so that its code can be acted on; an error of the
 * database, the network or the clock becomes TenantUnavailableError with its cause kept.
 */
export function asTenantError(error: unknown): unknown {
  if (error instanceof StatementDeadlineError) return new TenantUnavailableError('too slow', { cause: error });
  if (error instanceof AppError && error.code.startsWith('tenan')) return error;
  const state = sqlStateOf(error);
  if (state && !SPEAKS_OF_THE_SERVER.test(state)) return error;
  return new TenantUnavailableError(state ? `SQLSTATE ${state}` : nameOf(error), { cause: error });
}

function nameOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  const { code } = error as { code?: string };
  return code ?? 'connection lost';
}
