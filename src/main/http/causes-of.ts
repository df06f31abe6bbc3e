const DEEPEST_CAUSE = 5;

/** An error and what caused it, outermost first; it ends after five, because causes may go round in a circle. One of the network may be of another realm. */
export function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let cause = error; chain.length < DEEPEST_CAUSE && Error.isError(cause); cause = cause.cause) chain.push(cause);
  return chain;
}
