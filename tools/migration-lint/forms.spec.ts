import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { step } from '#testing/fleet/migration-step.js';
import { lintLine } from './lint-line.js';
import { REFUSED_FORMS } from './refused-forms.js';
import type { LintedLine } from './rule.js';

const OLD = step('0001-old', [
  `create table old (tenant_id uuid not null, id uuid not null, name text, label text, title varchar, code varchar(10), tags text[],
    state text check (state <> ''), constraint named check (label is not null), primary key (tenant_id, id), unique (tenant_id, name))`,
  `select tenancy.protect('old')`,
]);
const KEYED = 'create table new (tenant_id uuid not null, id uuid not null, name text, primary key (tenant_id, id))';
const ALONE = { isTransactional: false };
const CONTRACT = { phase: 'contract', isBreaking: true } as const;

async function rulesOf(statements: readonly string[], facts: Partial<MigrationStep> = {}, line: LintedLine = 'tenant'): Promise<string[]> {
  const findings = await lintLine(line, [OLD, step('0002-looked-at', statements, facts)]);
  return findings.filter(({ migration }) => migration === '0002-looked-at').map(({ rule }) => rule);
}

const ALLOWED: readonly (readonly [statements: string, facts?: Partial<MigrationStep>])[] = [
  ['alter table old add column more text'],
  [`alter table old add column more text default lower('A')`],
  [`alter table old add column more jsonb not null default '{}'::jsonb`],
  ['alter table old add column more text[] not null default array[]::text[]'],
  ['alter table old add column more numeric(10, 2) default 1.5'],
  ['alter table old add column more date default current_date'],
  ['alter table old add column more timestamptz default now()'],
  ['alter table old alter column name type text'],
  ['alter table old alter column title type text'],
  ['alter table old alter column title type varchar'],
  ['alter table old alter column code type text'],
  ['alter table old alter column name drop not null'],
  [`alter table old alter column name set default 'x'`],
  ['alter table old alter column name set statistics 100'],
  ['alter table old alter column name set storage plain'],
  ['alter table old force row level security'],
  ['alter table old add constraint short check (char_length(name) < 10) not valid'],
  ['alter table old alter column label set not null'],
  ['alter table old validate constraint named'],
  ['alter table old drop constraint named'],
  ['alter table old drop constraint old_state_check'],
  ['alter table old rename constraint old_pkey to old_key'],
  ['alter table old drop constraint old_tenant_id_name_key', CONTRACT],
  ['alter table old drop column name', CONTRACT],
  ['drop table old', CONTRACT],
  ['revoke update on old from tenantry_tenant', CONTRACT],
  [`comment on table old is 'x'`],
  [`comment on column old.name is 'x'`],
  ['create index concurrently if not exists old_name on old (tenant_id, lower(name)) where name is not null', ALONE],
  ['create index concurrently if not exists old_words on old using gin (name gin_trgm_ops)', ALONE],
  ['create unique index concurrently if not exists "old_once" on old (tenant_id, name)', ALONE],
  ['drop index concurrently if exists old_name', ALONE],
  [`insert into old (tenant_id, id) values ('01902f7a-0000-7000-8000-000000000000', gen_random_uuid()) on conflict do nothing`],
  [`update old set name = 'x' where name is null`, { isPerTenant: true }],
  ['with few as (select id from old) update old set name = null from few where few.id = old.id', { isPerTenant: true }],
  ['insert into old select tenant_id, gen_random_uuid() from old', { isPerTenant: true }],
  [`${KEYED}; select tenancy.protect('new', 'select, insert'); select tenancy.show_auditors('new', '{tenant_id,id}')`],
  [`${KEYED}; select tenancy.protect('new'); alter table new drop column name`],
  [`${KEYED.replace('new', '"New"')}; select tenancy.protect('"New"')`],
  [
    `${KEYED}; select tenancy.protect('new'); create trigger keep before update on new for each statement execute function tenancy.keep_audit()`,
  ],
  [`select tenancy.lay_policies('old')`],
];

/** What the runner could not tell from what a try before left behind. */
const NOT_SENT_AGAIN = [
  'create index concurrently on old (tenant_id)',
  'create index concurrently old_name on old (tenant_id)',
  'create index concurrently if not exists Old_Name on old (tenant_id)',
  'create index concurrently if not exists "old-name" on old (tenant_id)',
  'create index /* not */ concurrently if not exists old_name on old (tenant_id)',
  'create index concurrently if not exists a on old (tenant_id); create index concurrently if not exists b on old (tenant_id)',
  'drop index concurrently old_name',
  'drop index concurrently if exists old_name, old_other',
  'drop index /* not */ concurrently if exists old_name',
];

const CATALOG: readonly (readonly [statements: string, rules: readonly string[]])[] = [
  ['create policy seen on old for select using (true)', ['policy']],
  ['alter table old enable row level security; create policy seen on old for select using (true)', []],
  ['grant select, insert on old to tenantry_catalog', []],
  ['grant select on old to tenantry_catalog with grant option', ['grant']],
  ['grant all on old to tenantry_catalog', ['grant']],
  ['grant select on old to public', ['grant']],
  ['grant usage on schema public to tenantry_sentinel', []],
  ['alter table public.old add column more text', []],
  ['alter table tenancy.old add column more text', ['home']],
  [`select tenancy.protect('old')`, ['function']],
  [`create function f() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin end'`, []],
  [`create function f() returns trigger language plpgsql as 'begin end'`, ['function-made']],
  [`create function tenancy.f() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin end'`, ['home']],
  ['create trigger keep before update on old for each statement execute function f()', []],
  ['create trigger keep before update on old for each statement execute function tenancy.f()', ['trigger']],
];

describe('what the lint of migrations makes of a statement', () => {
  it.each(REFUSED_FORMS)('%s: refused by %s', async (statement, rule) => {
    expect(await rulesOf([statement])).toContain(rule);
  });

  it.each(ALLOWED.map(([statements, facts = {}]) => ({ statements, facts })))('$statements: let through', async ({ statements, facts }) => {
    expect(await rulesOf(statements.split('; '), facts)).toEqual([]);
  });

  it.each(NOT_SENT_AGAIN)('%s: refused where statements are sent again', async (statement) => {
    expect(await rulesOf([statement], ALONE)).toContain('sent-again');
  });

  it.each(CATALOG)('%s: in the catalog %j', async (statements, rules) => {
    expect(await rulesOf(statements.split('; '), {}, 'catalog')).toEqual(rules);
  });

  it('a wider type reads the rows where a check or a key asks for the column', async () => {
    expect(await rulesOf(['alter table old alter column state type text'])).toEqual(['rewrite']);
    expect(await rulesOf(['alter table old alter column label type varchar'])).toEqual(['rewrite']);
    expect(await rulesOf(['alter table old alter column tags type text'])).toEqual(['rewrite']);
    expect(await rulesOf(['alter table old drop constraint old_state_check', 'alter table old alter column state type text'])).toEqual([]);
  });

  it('rows are written in a migration that is sent for each tenant, which does nothing else', async () => {
    const facts = { isPerTenant: true };
    expect(await rulesOf(['update old set name = null'], { isLong: true })).toEqual(['write']);
    expect(await rulesOf([KEYED, `select tenancy.protect('new')`, 'insert into new select tenant_id, id from old'])).toEqual(['write']);
    expect(await rulesOf(['update old set name = null', 'alter table old add column more text'], facts)).toEqual(['per-tenant']);
    expect(await rulesOf(['alter table old add column more text'], facts)).toEqual(['per-tenant']);
    expect(await rulesOf(['update old set name = null'], { ...facts, ...ALONE })).toContain('per-tenant');
  });

  it('in the catalog a long write shares no migration with a change of a table that is there', async () => {
    const facts = { isLong: true };
    expect(await rulesOf(['update old set name = null'], facts, 'catalog')).toEqual([]);
    expect(await rulesOf(['update old set name = null', 'alter table old add column more text'], facts, 'catalog')).toEqual(['write']);
    expect(await rulesOf(['update old set name = null'], { isPerTenant: true }, 'catalog')).toContain('per-tenant');
  });

  it('a table keeps what is known of it under its new name', async () => {
    const renamed = step('0002-renamed', ['alter table old rename to older'], CONTRACT);
    const after = step('0003-after', ['alter table older alter column title type text', 'alter table older drop constraint old_pkey']);
    const findings = await lintLine('tenant', [OLD, renamed, after]);
    expect(findings.map(({ migration, rule }) => [migration, rule])).toEqual([['0003-after', 'contract']]);
  });
});
