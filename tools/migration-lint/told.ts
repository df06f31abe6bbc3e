import type { RangeVar } from 'libpg-query';
import type { Change } from './change.js';

/** A change before it is said of which statement and table it is. */
export type Kind = Change extends infer Each ? (Each extends Change ? Omit<Each, 'text' | 'table' | 'schema'> : never) : never;
export type Told = Kind & { readonly relation?: RangeVar | undefined };
