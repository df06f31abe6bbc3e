import { CatalogUnavailableError } from '#catalog/catalog.errors.js';
import { sqlStateOf, StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';

/** Classes of SQLSTATE that speak of the server and not of the statement. */
const OF_THE_SERVER = /^(08(?!P01)|28|53|57|58|XX)|^3D000$|^25006$/;
/** What the driver says without a code of its own: of a pool, a socket, or its own clock. */
const OF_THE_DRIVER =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error/;
const OF_THE_NETWORK = /^E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_AGAIN)|^ENOTFOUND$/;

/** The same work; a catalog that cannot be reached, or is too slow, becomes CatalogUnavailableError, and what a statement answers stays itself. */
export async function reachedCatalog<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isOutOfReach(error) ? new CatalogUnavailableError(error) : error;
  }
}

function isOutOfReach(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof StatementDeadlineError) return true;
    const state = sqlStateOf(cause);
    if (state !== undefined) return OF_THE_SERVER.test(state);
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string' && OF_THE_NETWORK.test(code)) return true;
    if (OF_THE_DRIVER.test(cause.message)) return true;
  }
  return false;
}
