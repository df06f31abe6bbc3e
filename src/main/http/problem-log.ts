import type { Logger } from 'pino';
import { sqlStateOf, WrongDatabaseError } from '#kernel/isolation/isolation.errors.js';
import { TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';
import { causesOf } from '#main/http/causes-of.js';
import { errorForLog } from '#main/http/error-for-log.js';
import type { Problem } from '#main/http/problem.js';

const WINDOW_MS = 1_000;

/** For which request a problem was answered; `tenantId` is null while it is not known. */
export interface ProblemOrigin {
  readonly tenantId: string | null;
  readonly route: string | undefined;
  readonly requestId: string;
}

/** Keeps for operators what an answer does not say of its cause. Of a tenant that is kept away, one line for each code and second. */
export class ProblemLog {
  readonly #said = new Set<string>();
  #windowEnds = 0;

  constructor(
    private readonly log: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {}

  note({ status, code }: Pick<Problem, 'status' | 'code'>, error: unknown, origin: ProblemOrigin): void {
    const chain = causesOf(error);
    const wrong = chain.find((cause) => cause instanceof WrongDatabaseError);
    if (wrong) this.log.error({ alert: wrong.code, expected: wrong.expected, answered: wrong.answered, ...origin }, 'wrong database');
    if (code === 'internal') this.log.error({ error: errorForLog(error), ...origin }, 'internal error');
    else if (status === 503) this.#noteUnavailable(code, chain, origin);
    else if (chain.some((cause) => sqlStateOf(cause)))
      this.log.warn({ code, causes: chain.map(nameOf), ...origin }, 'refused by the database');
  }

  #noteUnavailable(code: string, chain: readonly Error[], origin: ProblemOrigin): void {
    const now = this.now();
    if (now >= this.#windowEnds) {
      this.#said.clear();
      this.#windowEnds = now + WINDOW_MS;
    }
    const key = `${code} ${origin.tenantId ?? ''}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    const reason = chain.find((cause) => cause instanceof TenantUnavailableError)?.reason;
    this.log.warn({ code, ...(reason !== undefined && { reason }), causes: chain.map(nameOf), ...origin }, 'not available');
  }
}

/** Never the message: a database's quotes values. */
function nameOf(error: Error): { name: string; code?: string } {
  const { code } = error as { code?: unknown };
  return { name: error.name, ...(typeof code === 'string' && { code }) };
}
