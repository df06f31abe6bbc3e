import type { KeptEvent } from '#workspace/audit/audit-chain.js';
import type { ChainProblem } from '#workspace/audit/audit-verdict.js';
import { hashOfEvent } from '#workspace/audit/canonical-event.js';

const MOST_LOOKED_INTO = 50;

/** Events of one page that are not what was sealed, each with what was done to it as far as its hash tells. */
export function whatHappenedTo(events: readonly KeptEvent[], otherChains: readonly string[]): ChainProblem[] {
  const altered = events.filter((event) => hashOfEvent(event) !== event.hash);
  const places = altered.slice(0, MOST_LOOKED_INTO).map(({ seq }) => seq);
  return altered.map((event, index): ChainProblem => {
    const { seq } = event;
    if (index >= MOST_LOOKED_INTO) return { seq, kind: 'altered' };
    const other = places.find((place) => fits(event, { seq: place }));
    if (other !== undefined) return { seq, kind: 'swapped', other };
    const origin = otherChains.find((chain) => fits(event, { chain }));
    return origin === undefined ? { seq, kind: 'altered' } : { seq, kind: 'copied', origin };
  });
}

function fits(event: KeptEvent, instead: Partial<KeptEvent>): boolean {
  return hashOfEvent({ ...event, ...instead }) === event.hash;
}
