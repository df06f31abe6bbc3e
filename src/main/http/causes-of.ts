const DEEPEST_CAUSE = 5;

/** An error and what caused it, outermost first; it ends after five, because causes may go round in a circle. */
export function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let cause = error; chain.length < DEEPEST_CAUSE && isError(cause); cause = cause.cause) chain.push(cause);
  return chain;
}

/** One of the network may be of another realm, and the web framework's own are errors by their prototype alone. */
function isError(value: unknown): value is Error {
  return Error.isError(value) || value instanceof Error;
}
