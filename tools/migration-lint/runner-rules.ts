import type { LintRule } from './rule.js';

/** What is the runner’s, the server’s or provisioning’s to do. */
export const RUNNER_RULES: readonly LintRule[] = [
  {
    rule: 'session',
    says: 'sets, locks, waits or signals what is the runner’s: it sets the role, the path and the timeouts, takes the turn, and begins and ends the transaction',
    breaks: ({ kind }) => kind === 'session',
  },
  {
    rule: 'server',
    says: 'changes roles, databases, schemas or the server and not the tables of a home: provisioning does it (provisioning/roles.sql, provisioning/tenancy.sql)',
    breaks: ({ kind }) => kind === 'server',
  },
  {
    rule: 'upkeep',
    says: 'works through the whole table, as a rule under a lock that stops everybody: autovacuum keeps tables; an index is made anew by create index concurrently if not exists under another name and drop index concurrently if exists',
    breaks: ({ kind }) => kind === 'upkeep',
  },
];
