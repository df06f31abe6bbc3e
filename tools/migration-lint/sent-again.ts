import type { Change } from './change.js';

type Concurrent = Change & { kind: 'create-index' | 'drop-index' };

/** Whether the runner finds the index by its name in the text (src/adapters/postgres/homes/concurrent-step.ts), and the word that it takes out. */
export function isSentAgain(change: Concurrent, all: readonly Change[]): boolean {
  const isAlone = all.filter(({ kind, text }) => text === change.text && (kind === 'create-index' || kind === 'drop-index')).length === 1;
  if (change.kind === 'drop-index')
    return isAlone && /^\s*drop\s+index\s+concurrently\s+if\s+exists\s+"?[a-z_][a-z0-9_]*"?\s*$/i.test(change.text);
  const begins = /^\s*create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+"?([a-z_][a-z0-9_]*)"?\s+on\s/i.exec(change.text);
  return isAlone && begins?.[1] === change.name;
}
