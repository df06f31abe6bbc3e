import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Tier } from '#testing/test-platform.js';

/** Who attacks whom, and what the attacker is granted to know already. */
export interface Targets {
  readonly me: Tenant;
  readonly victim: Tenant;
  /** The id of a ticket of each. */
  readonly ownTicket: string;
  readonly victimTicket: string;
}

/** A statement, or one made from what the attacker knows; with parameters where the shape of the request matters. */
export type Statement = string | ((targets: Targets) => string | { readonly text: string; readonly values: readonly unknown[] });

/**
 * One attack of the list and the answer to each of its statements: a SQLSTATE or an error's code, `own rows`, a number of rows (`0 rows`),
 * or `done` when it may succeed because it gains nothing. Alternatives are separated by `|`.
 */
export interface AttackCase {
  readonly id: string;
  readonly does: string;
  readonly script: readonly Statement[];
  readonly answers: readonly string[] | Readonly<Record<Tier, readonly string[]>>;
  /** All statements in one transaction; otherwise each is a request of its own. */
  readonly inTransaction?: boolean;
  /** Whether the next tenant is given the same connection; only a pool of one shows it. */
  readonly connection: 'kept' | 'replaced';
}

/** A case of one statement. */
export function single(
  id: string,
  does: string,
  statement: Statement,
  answer: string,
  connection: 'kept' | 'replaced' = 'kept',
): AttackCase {
  return { id, does, script: [statement], answers: [answer], connection };
}

/** One case for each statement, all with the same answer. */
export function each(id: string, statements: readonly string[], answer: string, connection: 'kept' | 'replaced' = 'kept'): AttackCase[] {
  return statements.map((statement) => single(id, statement, statement, answer, connection));
}

/** Statements of one transaction, each with its answer. */
export function transaction(
  id: string,
  does: string,
  steps: readonly (readonly [Statement, string])[],
  connection: 'kept' | 'replaced' = 'kept',
): AttackCase {
  return { id, does, script: steps.map(([text]) => text), answers: steps.map(([, answer]) => answer), inTransaction: true, connection };
}
