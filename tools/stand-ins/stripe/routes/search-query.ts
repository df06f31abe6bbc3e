import { StripeRefusal } from '../stripe-refusal.js';

const CLAUSE = /^(?:metadata\[(['"])(?<key>.+?)\1\]|(?<field>[a-z_]+))\s*:\s*(['"])(?<value>(?:\\.|[^\\])*?)\4$/;

/** Whether an object meets a query of clauses joined by AND, each `field:'value'` or `metadata['key']:'value'`. Raises StripeRefusal on any other. */
export function queryOf(text: string): (object: object) => boolean {
  const clauses = text.split(/\s+AND\s+/i).map((clause) => {
    const { key, field, value = '' } = CLAUSE.exec(clause.trim())?.groups ?? {};
    if (key === undefined && field === undefined)
      throw StripeRefusal.invalid('We were unable to parse your search query. Try using the format `metadata["key"]:"value"`.', 'query');
    return { key, field: field ?? '', value: value.replaceAll(/\\(.)/g, '$1') };
  });
  return (object) => {
    const { metadata, ...fields } = object as { metadata: Record<string, string> } & Record<string, unknown>;
    return clauses.every(({ key, field, value }) => (key === undefined ? fields[field] === value : metadata[key] === value));
  };
}
