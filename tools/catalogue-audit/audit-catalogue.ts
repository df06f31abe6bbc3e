import type pg from 'pg';
import { ACCESS_RULES, COMMON, GLOBAL_TABLES, TABLE_RULES, type AuditRule } from '#tools/catalogue-audit/rules.js';

/** One object that breaks a rule of the catalogue. */
export interface Finding {
  readonly rule: string;
  readonly object: string;
  readonly says: string;
}

/** Every rule. */
export const AUDIT_RULES: readonly AuditRule[] = [...TABLE_RULES, ...ACCESS_RULES];

/**
 * What PostgreSQL's own catalogue says about a database of tenants, held against the rules. Reads only; needs a login that may see all of
 * the catalogue. A table it does not know is a finding, unless it is among `globalTables`.
 */
export async function auditCatalogue(
  session: Pick<pg.Client, 'query'>,
  { globalTables = GLOBAL_TABLES }: { readonly globalTables?: readonly string[] } = {},
): Promise<Finding[]> {
  const union = AUDIT_RULES.map(
    ({ rule, says, query }) => `select '${rule}' as rule, '${says.replaceAll("'", "''")}' as says, name from (${query}) as broken`,
  ).join('\nunion all\n');
  const { rows } = await session.query<{ rule: string; says: string; name: string }>(
    `${COMMON}\nselect * from (\n${union}\n) as finding where cardinality($1::text[]) is not null order by rule, name`,
    [globalTables],
  );
  return rows.map(({ rule, says, name }) => ({ rule, object: name, says }));
}
