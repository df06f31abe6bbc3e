import type { LintedConstraint } from './change.js';

const ENDS = { check: 'check', foreign: 'fkey', unique: 'key', primary: 'pkey', exclude: 'excl', 'not-null': 'not_null' } as const;

/** The name that PostgreSQL gives a constraint that has none. Names that it would have to shorten are not followed. */
export function defaultName(table: string, { type, columns, reads }: LintedConstraint, isTaken: (name: string) => boolean): string {
  const read = [...new Set(reads)];
  const about = type === 'primary' ? [] : type === 'check' ? (read.length === 1 ? read : []) : columns;
  const name = [table, ...about, ENDS[type]].join('_');
  let place = 0;
  while (isTaken(place === 0 ? name : `${name}${place}`)) place += 1;
  return place === 0 ? name : `${name}${place}`;
}
