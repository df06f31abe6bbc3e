import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { step } from '#testing/fleet/migration-step.js';
import { ACCEPTED } from './accepted.js';
import { lintLine } from './lint-line.js';
import { lintNumbers } from './lint-numbers.js';
import { readLine } from './read-line.js';
import { REFUSED_FORMS } from './refused-forms.js';
import type { LintedLine } from './rule.js';
import { RULES } from './rules.js';
import { STEP_RULES } from './step-rules.js';

const BEFORE = [
  'create table old (tenant_id uuid not null, id uuid not null, name text, primary key (tenant_id, id))',
  `select tenancy.protect('old')`,
];
const TABLE = 'create table new (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id))';
const PROTECT = `select tenancy.protect('new')`;
const ALONE = { isTransactional: false };
const CONTRACT = { phase: 'contract', isBreaking: true } as const;

interface Example {
  readonly statements: readonly string[];
  readonly facts?: Partial<MigrationStep>;
  /** Migrations before it, after the table `old`. */
  readonly after?: readonly (readonly string[])[];
  readonly line?: LintedLine;
}

const one = (...statements: string[]): Example => ({ statements });

/** Each rule with what breaks it and what is the safe way. */
const EXAMPLES: readonly [rule: string, bad: readonly Example[], good: readonly Example[]][] = [
  [
    'rewrite',
    [
      one('alter table old alter column name type varchar(10)'),
      one('alter table old add column at timestamptz default clock_timestamp()'),
      one('alter table old add column key uuid default gen_random_uuid()'),
      one('alter table old add column upper text generated always as (upper(name)) stored'),
      one('alter table old add column n bigint generated always as identity'),
    ],
    [
      one(`alter table old add column state text default 'open'`),
      one('alter table old add column at timestamptz default now()'),
      one('alter table old add column upper text generated always as (upper(name)) virtual'),
      one(TABLE, PROTECT, 'alter table new add column key uuid default gen_random_uuid()'),
    ],
  ],
  [
    'not-null',
    [
      one('alter table old alter column name set not null'),
      one('alter table old add column more text not null'),
      one('alter table old add not null name'),
      {
        ...one('alter table old alter column name set not null'),
        after: [['alter table old add constraint named check (name is not null) not valid']],
      },
    ],
    [
      one(`alter table old add column more text not null default ''`),
      {
        ...one('alter table old alter column name set not null'),
        after: [['alter table old add constraint named check (name is not null) not valid'], ['alter table old validate constraint named']],
      },
      one(TABLE, PROTECT, 'alter table new add column more text not null'),
    ],
  ],
  [
    'unchecked',
    [
      one('alter table old add constraint short check (char_length(name) < 10)'),
      one('alter table old add foreign key (tenant_id, id) references old (tenant_id, id)'),
      one('alter table old add column more text check (char_length(more) < 10)'),
    ],
    [
      one('alter table old add constraint short check (char_length(name) < 10) not valid'),
      one('alter table old add foreign key (tenant_id, id) references old (tenant_id, id) not valid'),
    ],
  ],
  [
    'validate-apart',
    [one('alter table old add constraint short check (char_length(name) < 10) not valid', 'alter table old validate constraint short')],
    [
      {
        ...one('alter table old validate constraint short'),
        after: [['alter table old add constraint short check (char_length(name) < 10) not valid']],
      },
    ],
  ],
  [
    'key',
    [one('alter table old add constraint once unique (tenant_id, name)'), one('alter table old add column more text unique')],
    [one('alter table old add constraint once unique using index old_once')],
  ],
  [
    'index',
    [one('create index old_name on old (tenant_id, name)'), one('drop index old_name')],
    [
      { statements: ['create index concurrently if not exists old_name on old (tenant_id, name)'], facts: ALONE },
      { statements: ['drop index concurrently if exists old_name'], facts: ALONE },
      one(TABLE, PROTECT, 'create index new_id on new (tenant_id, id)'),
    ],
  ],
  [
    'concurrently',
    [one('create index concurrently if not exists old_name on old (tenant_id, name)')],
    [{ statements: ['create index concurrently if not exists old_name on old (tenant_id, name)'], facts: ALONE }],
  ],
  [
    'contract',
    [
      one('alter table old drop column name'),
      one('drop table old'),
      one('alter table old rename column name to title'),
      one('alter table old rename to older'),
      one('truncate old'),
    ],
    [
      { statements: ['alter table old drop column name'], facts: CONTRACT },
      { statements: ['drop table old'], facts: CONTRACT },
      one(TABLE, PROTECT, 'alter table new rename column id to key'),
    ],
  ],
  [
    'session',
    [
      one(`set lock_timeout = '10s'`),
      one('begin'),
      one('commit'),
      one('set local role postgres'),
      one('lock table old'),
      one(`select set_config('search_path', 'x', false)`),
    ],
    [one('alter table old add column more text')],
  ],
  [
    'write',
    [one('update old set name = null'), one('delete from old')],
    [{ statements: ['update old set name = null'], facts: { isPerTenant: true } }],
  ],
  [
    'per-tenant',
    [{ statements: ['alter table old add column more text'], facts: { isPerTenant: true } }],
    [{ statements: ['update old set name = null'], facts: { isPerTenant: true } }],
  ],
  ['block', [one('do $$ begin drop table old; end $$'), one('create table copy as select * from old')], [one(TABLE, PROTECT)]],
  [
    'protect',
    [one(TABLE), one(TABLE, `select tenancy.protect('old')`)],
    [one(TABLE, PROTECT), { ...one('create table seen (id uuid)'), line: 'catalog' }],
  ],
  [
    'tenant-id',
    [
      one('create table new (id uuid primary key)', PROTECT),
      one('create table new (tenant_id text not null, id uuid, primary key (tenant_id, id))', PROTECT),
      one('create table new (tenant_id uuid, id uuid)', PROTECT),
    ],
    [one(TABLE, PROTECT), one('create table new (tenant_id uuid primary key)', PROTECT)],
  ],
  [
    'foreign-key',
    [
      one('create table new (tenant_id uuid not null, old_id uuid references old (id), primary key (tenant_id, old_id))', PROTECT),
      one('alter table old add foreign key (id) references old (id) not valid'),
      one('alter table old add foreign key (tenant_id, id) references old (id, tenant_id) not valid'),
    ],
    [one('alter table old add foreign key (tenant_id, id) references old (tenant_id, id) not valid')],
  ],
  [
    'unique',
    [
      one('create table new (tenant_id uuid not null, id uuid primary key)', PROTECT),
      { statements: ['create unique index concurrently if not exists once on old (name)'], facts: ALONE },
      { statements: ['create unique index concurrently if not exists once on old (lower(name), tenant_id)'], facts: ALONE },
    ],
    [
      one(TABLE, PROTECT),
      { statements: ['create unique index concurrently if not exists once on old (tenant_id, lower(name))'], facts: ALONE },
    ],
  ],
  ['home', [one('alter table app.old add column more text')], [one('alter table old add column more text')]],
  [
    'breaking',
    [{ statements: ['alter table old drop column name'], facts: { phase: 'contract' } }],
    [{ statements: ['alter table old drop column name'], facts: CONTRACT }],
  ],
  [
    'alone',
    [
      { statements: ['alter table old add column more text'], facts: ALONE },
      { statements: ['create index concurrently old_name on old (tenant_id, name)'], facts: ALONE },
      { statements: ['create index concurrently on old (tenant_id, name)'], facts: ALONE },
    ],
    [{ statements: ['create index concurrently if not exists old_name on old (tenant_id, name)'], facts: ALONE }],
  ],
  [
    'catalog-transaction',
    [{ statements: ['create index concurrently if not exists old_name on old (name)'], facts: ALONE, line: 'catalog' }],
    [{ ...one('create index old_name on old (name)'), line: 'catalog' }],
  ],
  ['unreadable', [one('create tabel new ()')], [one(TABLE, PROTECT)]],
];

async function broken({ statements, facts, after = [], line = 'tenant' }: Example): Promise<string[]> {
  const before = [BEFORE, ...after].map((texts, place) => step(`000${place + 1}-before`, texts));
  const findings = await lintLine(line, [...before, step('0009-looked-at', statements, facts)]);
  return findings.filter(({ migration }) => migration === '0009-looked-at').map(({ rule }) => rule);
}

describe('the lint of migrations', () => {
  it.each(EXAMPLES)('%s: refuses what breaks it, and lets the safe way through', async (rule, bad, good) => {
    for (const example of bad)
      expect([example.statements, await broken(example)]).toEqual([example.statements, expect.arrayContaining([rule])]);
    for (const example of good) expect([example.statements, await broken(example)]).toEqual([example.statements, []]);
  });

  it.each([
    [['0001-a', '0002-b', '0003-c'], []],
    [['0001-a', '0002-b', '0002-c'], ['0002-c']],
    [['0001-a', '0003-c'], ['0003-c']],
  ])('number: of %j refuses %j, which homes that had a later one would never get', (names, refused) => {
    expect(lintNumbers(names.map((name) => step(name, []))).map(({ migration }) => migration)).toEqual(refused);
  });

  it('has an example of every rule', () => {
    const rules = [...RULES, ...STEP_RULES].map(({ rule }) => rule);
    const shown = [...EXAMPLES.map(([rule]) => rule), ...REFUSED_FORMS.map(([, rule]) => rule), 'sent-again'];
    expect([...new Set([...rules, 'unreadable'])].sort()).toEqual([...new Set(shown)].sort());
  });

  it.each(['tenant', 'catalog'] as const)(
    'the %s line breaks nothing but what is accepted, and each acceptance is needed',
    async (line) => {
      const steps = await readLine(line);
      const findings = [...(await lintLine(line, steps)), ...lintNumbers(steps)];
      const accepted = ACCEPTED.filter((one) => one.line === line);
      const isAccepted = ({ migration, rule }: { migration: string; rule: string }): boolean =>
        accepted.some((one) => one.migration === migration && one.rule === rule);
      expect(findings.filter((finding) => !isAccepted(finding))).toEqual([]);
      expect(accepted.filter((one) => !findings.some(({ migration, rule }) => migration === one.migration && rule === one.rule))).toEqual(
        [],
      );
    },
  );
});
