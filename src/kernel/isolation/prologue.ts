import type { PreparedStep } from '#kernel/isolation/flush-query.js';

/**
 * The statements every pooled connection prepares when it is opened. Both settings are local to the transaction, so nothing of a tenant
 * outlives it; `reset all` undoes whatever a statement set for the session, on any path there is to set it.
 */
export const PROLOGUE_STATEMENTS: readonly { name: string; text: string; values: readonly string[] }[] = [
  { name: 'tn_reset', text: 'reset all', values: [] },
  { name: 'tn_enter', text: `select set_config('tenant.capability', $1, true), set_config('search_path', $2, true)`, values: ['', ''] },
  { name: 'tn_begin', text: 'begin', values: [] },
];

const RESET: PreparedStep = { name: 'tn_reset', values: [] };
const BEGIN: PreparedStep = { name: 'tn_begin', values: [] };

/** What rides in front of a statement that is a transaction of its own. */
export function enter(capability: string, searchPath: string): PreparedStep[] {
  return [{ name: 'tn_enter', values: [capability, searchPath] }];
}

/** What rides in front of the first statement of an explicit transaction. */
export function beginAndEnter(capability: string, searchPath: string): PreparedStep[] {
  return [BEGIN, ...enter(capability, searchPath)];
}

/**
 * What rides behind the last statement of a transaction. In front of the next one it would come too late: how a transaction is begun
 * (read-only, its isolation, its timeouts) and when an idle session ends is read before any statement could reset it.
 */
export const LEAVE: readonly PreparedStep[] = [RESET];
