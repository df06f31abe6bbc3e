import { sqlStateOf, StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';

/** Classes of SQLSTATE that speak of the server and not of the statement. */
const OF_THE_SERVER = /^(08(?!P01)|28|53|57|58|XX)|^3D000$|^25006$/;
/** What the driver says without a code of its own: of a pool, a socket, or its own clock. */
const OF_THE_DRIVER =
  /timeout exceeded when trying to connect|^timeout expired|Connection terminated|Query read timeout|is not queryable|establishing an SSL connection/;
const OF_THE_NETWORK = /^E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_AGAIN)|^ENOTFOUND$/;

interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
}

/**
 * Whether an error, beside what caused it, says that a server cannot be reached or is too slow; what a statement answers does not. By what it says
 * and not by its class: an error of the network may be of another realm's.
 */
export function isOutOfReach(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (error instanceof StatementDeadlineError) return true;
  const state = sqlStateOf(error);
  if (state !== undefined) return OF_THE_SERVER.test(state);
  const { code, message } = error as Failure;
  return (typeof code === 'string' && OF_THE_NETWORK.test(code)) || (typeof message === 'string' && OF_THE_DRIVER.test(message));
}
