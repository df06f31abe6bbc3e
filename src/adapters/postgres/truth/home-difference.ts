import type { HomeDifference, HomeFact } from '#control/fleet/home-truth.js';

/** What a home has not, has besides, and has otherwise than it should. */
export function diffFacts(golden: readonly HomeFact[], found: readonly HomeFact[]): Omit<HomeDifference, 'repair'> {
  const wanted = new Map(golden.map((fact) => [fact.what, fact]));
  const there = new Map(found.map((fact) => [fact.what, fact]));
  return {
    missing: golden.filter(({ what }) => !there.has(what)),
    extra: found.filter(({ what }) => !wanted.has(what)),
    changed: golden.flatMap(({ what, is }) => {
      const other = there.get(what);
      return other && other.is !== is ? [{ what, golden: is, found: other.is }] : [];
    }),
  };
}
