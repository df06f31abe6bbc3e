import type { Permission } from '#kernel/plugin/permission.js';
import { type Circumstances, decide, isInForce } from '#workspace/access/decision.js';
import type { Standing } from '#workspace/access/standing.js';

/** Which things of a kind somebody may, by id: all but some, or only some. */
export interface Visible {
  readonly all: boolean;
  /** When all: those taken away one by one. */
  readonly except: readonly string[];
  /** When not all: those given one by one. */
  readonly only: readonly string[];
}

/** Names no thing, so no right to a single one applies to it. */
const NO_ID = '';

export const NOTHING_VISIBLE: Visible = Object.freeze({ all: false, except: [], only: [] });

/** Says for a whole kind what `decide` says for each one of it. */
export function visibleTo(standing: Standing, permission: Permission, kind: string, circumstances: Circumstances): Visible {
  const may = (id: string): boolean => decide(standing, { permission, kind, id }, circumstances).allow;
  const named = (effect: 'allow' | 'deny'): string[] => [
    ...new Set(
      standing.overrides
        .filter((found) => found.effect === effect && found.permission === permission.name && isInForce(found, circumstances.now))
        .filter((found) => found.kind === kind)
        .flatMap(({ id }) => id ?? []),
    ),
  ];
  if (may(NO_ID)) return { all: true, except: named('deny'), only: [] };
  return { all: false, except: [], only: named('allow').filter(may) };
}
