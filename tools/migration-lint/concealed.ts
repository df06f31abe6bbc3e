import type { Node } from 'libpg-query';
import { isKnownFunction, unknownFunction } from './known-functions.js';
import { isKnownType } from './known-types.js';
import { partsOf } from './parts-of.js';
import type { Told } from './told.js';

/** What a statement does or names in a part of it: tables, functions and types that are not known, rows written beside what it says it does. */
export function concealed(node: Node): Told[] {
  const { tables, functions, types, queries, isDisguised } = partsOf(node);
  return [
    ...tables
      .filter(({ relname = '', schemaname }) => schemaname || !queries.has(relname))
      .map((relation): Told => ({ kind: 'named', relation })),
    ...functions.filter((name) => !isKnownFunction(name)).map(refusedFunction),
    ...types.filter((name) => !isKnownType(name)).map((name): Told => ({ kind: 'type', name })),
    ...(isDisguised ? [{ kind: 'disguise' } as const] : []),
  ];
}

function refusedFunction(name: string): Told {
  const kind = unknownFunction(name);
  return kind === 'function' ? { kind, name } : { kind };
}
