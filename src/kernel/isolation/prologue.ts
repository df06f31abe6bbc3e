import type { PreparedStep } from '#kernel/isolation/flush-query.js';
import type { Route } from '#kernel/isolation/isolation-drivers.js';

/**
 * Tells the database whose statement follows and then asks the fence, because a policy is not asked where a table has no rows: a statement
 * behind a capability that does not open its home never runs. What is not chosen by a CASE is not known to be evaluated in any order.
 */
const ENTER = `
  select set_config('search_path', $2, true),
    case when set_config('tenant.capability', $1, true) is not null and $3 <> '' then tenancy.tenant_of($3) end`;

/** Asks the fence once more for whoever the transaction was begun for. */
const STAY = `select case when $1 <> '' then tenancy.tenant_of($1) end`;

/**
 * The statements every pooled connection prepares when it is opened. Both settings are local to the transaction, so nothing of a tenant
 * outlives it; `reset all` undoes whatever a statement set for the session, on any path there is to set it.
 */
export const PROLOGUE_STATEMENTS: readonly { name: string; text: string; values: readonly string[] }[] = [
  { name: 'tn_reset', text: 'reset all', values: [] },
  // Without a home the fence is not asked: on a connection that is only being opened there is nobody to ask it for.
  { name: 'tn_enter', text: ENTER, values: ['', '', ''] },
  { name: 'tn_begin', text: 'begin', values: [] },
  { name: 'tn_stay', text: STAY, values: [''] },
];

const RESET: PreparedStep = { name: 'tn_reset', values: [] };
const BEGIN: PreparedStep = { name: 'tn_begin', values: [] };

/** What rides in front of a statement that is a transaction of its own; what the fence refuses is the error of the whole flush. */
export function enter(capability: string, { searchPath, home }: Pick<Route, 'searchPath' | 'home'>): PreparedStep[] {
  return [{ name: 'tn_enter', values: [capability, searchPath, home] }];
}

/** What rides in front of the first statement of an explicit transaction. */
export function beginAndEnter(capability: string, route: Pick<Route, 'searchPath' | 'home'>): PreparedStep[] {
  return [BEGIN, ...enter(capability, route)];
}

/**
 * What rides in front of the COMMIT of a transaction that wrote: a commit is asked for by no policy, and may come long after the last
 * statement. At READ COMMITTED it sees a fence that was closed meanwhile, and then nothing is kept; a transaction at REPEATABLE READ sees the
 * fence as it was when it began, and is ended by TenantClosings alone.
 */
export function stay({ home }: Pick<Route, 'home'>): PreparedStep[] {
  return [{ name: 'tn_stay', values: [home] }];
}

/**
 * What rides behind the last statement of a transaction. In front of the next one it would come too late: how a transaction is begun
 * (read-only, its isolation, its timeouts) and when an idle session ends is read before any statement could reset it.
 */
export const LEAVE: readonly PreparedStep[] = [RESET];
