import type { PreparedStep } from '#kernel/isolation/flush-query.js';

/**
 * The statements every pooled connection prepares when it is opened. `reset all` undoes whatever an earlier statement set for the session,
 * on any path there is to set it; both settings are local to the transaction, so nothing of a tenant outlives it.
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
  return [RESET, { name: 'tn_enter', values: [capability, searchPath] }];
}

/** What rides in front of the first statement of an explicit transaction. */
export function beginAndEnter(capability: string, searchPath: string): PreparedStep[] {
  return [BEGIN, ...enter(capability, searchPath)];
}
