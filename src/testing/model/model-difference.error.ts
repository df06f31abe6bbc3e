import { isDeepStrictEqual } from 'node:util';

/** The product answered something else than the model; `report` says where, for whom, and what. */
export class ModelDifferenceError extends Error {
  constructor(
    readonly what: string,
    readonly expected: unknown,
    readonly got: unknown,
  ) {
    super(`${what}\n  expected ${show(expected)}\n  got      ${show(got)}`);
  }
}

/** Raises ModelDifferenceError unless the two are equal all the way down. */
export function same(what: string, expected: unknown, got: unknown): void {
  if (!isDeepStrictEqual(expected, got)) throw new ModelDifferenceError(what, expected, got);
}

/** Raises ModelDifferenceError unless `work` is refused with an error of this code, or of one of these. */
export async function refused(what: string, code: string | readonly string[], work: () => Promise<unknown>): Promise<void> {
  const outcome = await Promise.resolve()
    .then(work)
    .then(
      (answer) => ({ answered: answer }),
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );
  const codes = [code].flat();
  if (typeof outcome !== 'string' || !codes.includes(outcome)) throw new ModelDifferenceError(what, code, outcome);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? String(value) : text.slice(0, 4_000);
}
