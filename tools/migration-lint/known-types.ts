// A serial names a sequence of one home, so no two homes would be alike. A domain may check or compute, and a type that a migration makes is in one home and not in the next.
const KNOWN = new Set(
  `bool bytea bpchar char cidr date daterange float4 float8 inet int2 int4 int8 int4range int8range interval json jsonb jsonpath name numeric
   numrange record regclass text time timetz timestamp timestamptz trigger tsquery tsrange tstzrange tsvector uuid varchar void`.split(
    /\s+/,
  ),
);

/** Whether the type is PostgreSQL's, and one that the product may have. */
export function isKnownType(name: string): boolean {
  return KNOWN.has(name.replace(/^pg_catalog\./, ''));
}
