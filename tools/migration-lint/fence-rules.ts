import type { LintRule } from './rule.js';

const ROLES = ['tenantry_sentinel', 'tenantry_catalog'];
// Which look at what the fence (provisioning/tenancy.sql) keeps on record.
const GUARDS = ['tenancy.seal_audit_event', 'tenancy.keep_audit'];

/** What opens tenants to each other, or takes a guard away. */
export const FENCE_RULES: readonly LintRule[] = [
  {
    rule: 'fence',
    says: 'takes policies off a table or changes them, and may open every tenant’s rows to every other: what a policy lets through is said in provisioning/tenancy.sql alone, and select tenancy.lay_policies(…) lays it anew',
    breaks: ({ kind }) => kind === 'fence',
  },
  {
    rule: 'policy',
    says: 'is one policy more, and a row is seen when any policy lets it through: in a home select tenancy.protect(…) lays those there are; a table of the catalog has all of its policies from the migration that enables row level security',
    breaks: (change, { line, changes }) =>
      change.kind === 'create-policy' &&
      (line === 'tenant' || !changes.some(({ kind, table }) => kind === 'row-security' && table === change.table)),
  },
  {
    rule: 'grant',
    says: 'gives rights past the fence: in a home tenancy.protect(table, privileges) gives them to tenants and tenancy.show_auditors(table, columns) to auditors; in the catalog name privileges one by one, for roles of provisioning/roles.sql',
    breaks: (change, { line }) =>
      change.kind === 'grant' ||
      (change.kind === 'give' && (line === 'tenant' || !change.isPlain || change.roles.some((role) => !ROLES.includes(role)))),
  },
  {
    rule: 'owner',
    says: 'makes somebody the owner, who may do everything to it: tenancy.protect(…) gives tables to the owner that policies bind too',
    breaks: ({ kind }) => kind === 'owner',
  },
  {
    rule: 'definer',
    says: 'has the rights of its owner, whoever calls it: write it without security definer, or in provisioning/tenancy.sql, where each has its path, its owner and its callers',
    breaks: ({ kind }) => kind === 'definer',
  },
  {
    rule: 'trigger',
    says: 'switches a trigger, or sends writes elsewhere: triggers that guard are never off; a new one may call what provisioning/tenancy.sql has for it, or in the catalog a function of the line',
    breaks: (change, { line }) =>
      change.kind === 'trigger' ||
      (change.kind === 'create-trigger' && !(line === 'tenant' ? GUARDS.includes(change.calls) : !change.calls.includes('.'))),
  },
];
