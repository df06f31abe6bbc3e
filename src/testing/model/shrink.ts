/**
 * Fewer operations that still go wrong: the shortest tail that does, then whatever can be left out of it. Null when even all of them,
 * played alone, go well: then it takes the other tenants. Stops looking when `budgetMs` is over and gives the best it has.
 */
export async function shrink(
  operations: readonly number[],
  goesWrong: (operations: readonly number[]) => Promise<boolean>,
  budgetMs: number,
): Promise<readonly number[] | null> {
  const until = performance.now() + budgetMs;
  let kept = await shortestTail(operations, goesWrong);
  for (let size = Math.ceil((kept?.length ?? 0) / 2); kept && size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length && performance.now() < until;) {
      const fewer: readonly number[] = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (fewer.length > 0 && (await goesWrong(fewer))) kept = fewer;
      else from += size;
    }
  }
  return kept;
}

async function shortestTail(
  operations: readonly number[],
  goesWrong: (operations: readonly number[]) => Promise<boolean>,
): Promise<readonly number[] | null> {
  for (const length of [1, 10, 100, 1_000, operations.length]) {
    const tail = operations.slice(-length);
    if (await goesWrong(tail)) return tail;
    if (tail.length === operations.length) break;
  }
  return null;
}
