import { parseArgs } from 'node:util';

/** How much is measured. */
export interface BenchOptions {
  readonly isQuick: boolean;
  /** The cases to run; all when empty. */
  readonly only: readonly string[];
  readonly cycles: number;
}

/** Raises TypeError for an option or a case there is not. */
export function readOptions(args: readonly string[], cases: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true, default: [] } },
  });
  const only = values.only.flatMap((names) => names.split(','));
  const unknown = only.filter((name) => !cases.includes(name));
  if (unknown.length > 0) throw new TypeError(`There is no case ${unknown.join(', ')}; there are ${cases.join(', ')}.`);
  return { isQuick: values.quick, only, cycles: values.quick ? 12 : 45 };
}
