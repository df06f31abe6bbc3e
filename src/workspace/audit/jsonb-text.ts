/** A number as it was written: reading it as one of ours would lose `1.0` and everything beyond 2^53. */
class WrittenNumber {
  constructor(readonly text: string) {}
}

/** JSON with its numbers as they were written; for `jsonbText`. */
export function parseExact(text: string): unknown {
  const exact = (_key: string, value: unknown, context: { source?: string }): unknown =>
    typeof value === 'number' ? new WrittenNumber(context.source ?? '') : value;
  return JSON.parse(text, exact as (this: unknown, key: string, value: unknown) => unknown);
}

/**
 * The text PostgreSQL gives of a `jsonb` value: keys in the order of their length in bytes and then of their bytes, a space behind each colon
 * and comma. It takes what `parseExact` gave of such a text; numbers must be as PostgreSQL writes them.
 */
export function jsonbText(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return jsonText(value);
  const pairs = Object.entries(value).sort(([one], [other]) => byLength(Buffer.from(one), Buffer.from(other)));
  return `{${pairs.map(([key, inner]) => `${jsonText(key)}: ${jsonbText(inner)}`).join(', ')}}`;
}

function byLength(one: Buffer, other: Buffer): number {
  return one.length - other.length || Buffer.compare(one, other);
}

/** As JavaScript writes it, which differs from PostgreSQL in nothing but what neither has: halves of pairs and NUL are kept by nobody. */
function jsonText(value: unknown): string {
  return JSON.stringify(value);
}
