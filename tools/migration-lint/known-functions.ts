const KNOWN = {
  // Gives the same for the same values, whoever asks.
  immutable: `abs array_length array_position array_remove array_to_string btrim cardinality ceil char_length character_length concat_ws date_part
    date_trunc decode encode extract floor greatest jsonb_array_length jsonb_build_array jsonb_build_object jsonb_typeof left length lower lpad
    ltrim make_interval md5 mod nullif num_nonnulls num_nulls octet_length overlay position power regexp_count regexp_like regexp_match
    regexp_replace replace reverse right round rpad rtrim setweight sha256 sign split_part starts_with string_to_array strpos substr substring
    timezone to_char to_date to_jsonb to_number to_timestamp to_tsvector translate trim trunc upper`,
  // Gives every row of a statement the same, so that the table need not be written.
  stable: 'now transaction_timestamp statement_timestamp current_setting current_schema',
  aggregate: 'count max min sum avg array_agg string_agg jsonb_agg bool_and bool_or row_number',
  volatile: 'clock_timestamp gen_random_uuid nextval random uuidv4 uuidv7',
};

const listed = (...lists: string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.split(/\s+/)));
const WITHOUT_REWRITE = listed(KNOWN.immutable, KNOWN.stable);
const ALL = listed(...Object.values(KNOWN));
const ITS_SESSION = /^(set_config|setseed|pg_sleep\w*|pg_(try_)?advisory\w*|pg_(terminate|cancel)_backend|pg_notify|pg_reload_conf)$/;
const ITS_OWN_STATEMENTS = /^((query|table|cursor|schema|database)_to_xml\w*|dblink\w*|lo_\w+|pg_read_\w+)$/;

const bare = (name: string): string => name.replace(/^pg_catalog\./, '');

/** Whether it is PostgreSQL's and does nothing but give a value. */
export function isKnownFunction(name: string): boolean {
  return ALL.has(bare(name));
}

/** Whether it gives all rows that are there one value, which need not be written into each. */
export function givesOneValue(name: string): boolean {
  return WITHOUT_REWRITE.has(bare(name));
}

/** What a function that is not known is refused for. */
export function unknownFunction(name: string): 'session' | 'block' | 'function' {
  if (ITS_SESSION.test(bare(name))) return 'session';
  return ITS_OWN_STATEMENTS.test(bare(name)) ? 'block' : 'function';
}
