import { AppError } from '#kernel/errors/app-error.js';
import { SqlState, isOutgrown, sqlStateOf } from '#kernel/isolation/isolation.errors.js';
import { TenantBusyError, TenantMovingError, TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';

/** Classes of SQLSTATE that speak of the server and not of the statement: connection, authorization, no such database, resources, operator. */
const SPEAKS_OF_THE_SERVER = /^(08(?!P01)|28|53|57|58|XX)|^3D000$|^25006$/;

/** Facts of our own that come to the same for the one who asked. */
const KEEPS_THE_TENANT_AWAY = new Set([
  'isolation.deadline',
  'isolation.budget-exhausted',
  'isolation.wrong-database',
  'secrets.not-found',
  'secrets.unavailable',
]);

/**
 * What a failure means to the one who asked: an error of the statement stays itself, so that its code can be acted on; an error of the
 * database, the network or the clock becomes TenantUnavailableError, a fence that changed under a transaction TenantMovingError, and a lock
 * that others of the tenant held for too long TenantBusyError; the cause is kept.
 */
export function asTenantError(error: unknown): unknown {
  if (error instanceof AppError) {
    return KEEPS_THE_TENANT_AWAY.has(error.code) ? new TenantUnavailableError(error.code, { cause: error }) : error;
  }
  const state = sqlStateOf(error);
  if (state === SqlState.capabilityRefused || state === SqlState.tenantClosed) return new TenantMovingError({ cause: error });
  if (state === SqlState.lockNotAvailable) return new TenantBusyError({ cause: error });
  // In the middle of a transaction nothing else can be done; what is asked next is planned anew.
  if (isOutgrown(error)) return new TenantUnavailableError('its tables were migrated meanwhile', { cause: error });
  if (state && !SPEAKS_OF_THE_SERVER.test(state)) return error;
  const { code = 'connection lost' } = error as { code?: string };
  return new TenantUnavailableError(state ? `SQLSTATE ${state}` : code, { cause: error });
}

/** The same for what kept a connection from being had: whatever its code, no statement is to blame. */
export function asLeaseError(error: unknown): unknown {
  const known = asTenantError(error);
  return known instanceof AppError ? known : new TenantUnavailableError(`SQLSTATE ${sqlStateOf(error)}`, { cause: error });
}
