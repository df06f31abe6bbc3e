import type pg from 'pg';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestPlatform } from '#testing/test-platform.js';
import { AUDIT_RULES, auditCatalogue } from '#tools/catalogue-audit/audit-catalogue.js';

const PROTECTED = `create table app.notes (tenant_id uuid not null, id uuid not null, ticket_id uuid, price numeric, primary key (tenant_id, id)); select tenancy.protect('app.notes')`;

/** A fault, the rule that must name it, and what it must name. */
const FAULTS: [fault: string, rule: string, object: RegExp][] = [
  ['create table app.plain (id uuid primary key)', 'unknown-table', /^app\.plain$/],
  ['create table public.plain (id uuid primary key)', 'unknown-table', /^public\.plain$/],
  ['create table tenancy.plain (id uuid primary key)', 'unknown-table', /^tenancy\.plain$/],
  ['create table public.looks_right (tenant_id uuid not null)', 'unknown-table', /^public\.looks_right$/],
  ['alter table app.tickets disable row level security', 'row-security', /^app\.tickets$/],
  ['alter table app.tickets no force row level security', 'row-security', /^app\.tickets$/],
  [
    `create table app.parts (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)) partition by hash (tenant_id); select tenancy.protect('app.parts'); create table app.part_0 partition of app.parts for values with (modulus 1, remainder 0)`,
    'partition-row-security',
    /^app\.part_0$/,
  ],
  ['drop policy tenant on app.tickets', 'no-policy', /^app\.tickets$/],
  ['alter policy tenant on app.tickets using (true)', 'other-policy', /tickets policy tenant/],
  ['alter policy tenant on app.tickets with check (true)', 'other-policy', /tickets policy tenant/],
  [`alter policy tenant on app.tickets using (tenant_id = (select tenancy.tenant_of('shared')))`, 'other-policy', /tickets policy tenant/],
  [
    `alter policy tenant on app.tickets using (tenant_id = current_setting('app.tenant_id')::uuid)`,
    'other-policy',
    /tickets policy tenant/,
  ],
  ['drop policy auditor on app.tickets', 'no-policy', /^app\.tickets$/],
  ['alter policy tenant on app.tickets to public', 'other-policy', /tickets policy tenant/],
  [
    'alter policy tenant on app.tickets to tenantry_tenant, tenantry_owner, tenantry_sentinel, tenantry_auditor',
    'other-policy',
    /policy tenant/,
  ],
  ['alter policy auditor on app.tickets using (true)', 'other-policy', /tickets policy auditor/],
  ['alter policy auditor on app.tickets to tenantry_auditor, tenantry_tenant', 'other-policy', /tickets policy auditor/],
  [`alter policy auditor on app.tickets using (tenant_id = (select tenancy.audited('shared')))`, 'other-policy', /tickets policy auditor/],
  [
    `drop policy auditor on app.tickets; create policy auditor on app.tickets to tenantry_auditor using (tenant_id = (select tenancy.audited('app')))`,
    'other-policy',
    /tickets policy auditor/,
  ],
  ['create policy auditor on tenancy.outbox for select to tenantry_auditor using (true)', 'other-policy', /outbox policy auditor/],
  ['grant update on app.tickets to tenantry_auditor', 'auditor-grant', /^app\.tickets$/],
  ['grant select on tenancy.outbox to tenantry_auditor', 'auditor-grant', /^tenancy\.outbox$/],
  ['grant select on tenancy.fence to tenantry_auditor', 'auditor-grant', /^tenancy\.fence$/],
  ['grant select (password_hash) on app.member to tenantry_auditor', 'auditor-grant', /member\.password_hash/],
  ['alter table app.tickets add column share_token text', 'auditor-grant', /tickets\.share_token/],
  ['grant usage on schema tenancy to tenantry_auditor', 'auditor-grant', /^tenancy$/],
  ['grant execute on function tenancy.tenant_of(text) to tenantry_auditor', 'auditor-grant', /tenant_of/],
  ['grant create on schema app to tenantry_auditor', 'schema-create', /^app$/],
  ['grant tenantry_tenant to tenantry_auditor', 'login-member', /tenantry_auditor in tenantry_tenant/],
  [
    `create role tenantry_a_planted login in role tenantry_auditor; grant connect on database %I to tenantry_a_planted`,
    'auditor-login',
    /tenantry_a_planted/,
  ],
  ['create policy support on app.tickets for select using (true)', 'other-policy', /tickets policy support/],
  [
    `${PROTECTED}; alter table app.notes drop constraint notes_pkey; alter table app.notes alter tenant_id drop not null`,
    'tenant-column',
    /^app\.notes$/,
  ],
  ['alter table app.tickets alter tenant_id set default gen_random_uuid()', 'tenant-column', /^app\.tickets$/],
  [`create table app.texts (tenant_id text not null)`, 'tenant-column', /^app\.texts$/],
  ['create unique index on app.tickets (id)', 'unique-key', /tickets_id_idx/],
  ['create unique index on app.tickets (title, tenant_id)', 'unique-key', /tickets_title/],
  [
    `create unique index on app.tickets (id); ${PROTECTED}; alter table app.notes add constraint to_ticket foreign key (ticket_id) references app.tickets (id)`,
    'foreign-key',
    /notes constraint to_ticket/,
  ],
  [`${PROTECTED}; create index by_price on app.notes (tenant_id, price)`, 'leaky-index', /by_price/],
  ['create index by_label on app.tickets using gin (labels)', 'leaky-index', /by_label/],
  ['create view app.all_tickets as select * from app.tickets', 'view', /all_tickets/],
  ['create materialized view app.kept as select * from app.tickets', 'materialized-view', /kept/],
  ['create sequence app.numbers', 'sequence', /numbers/],
  [
    `create trigger t before insert on app.tickets for each row execute function suppress_redundant_updates_trigger()`,
    'trigger',
    /tickets t$/,
  ],
  [
    'create trigger t before insert on tenancy.outbox for each row execute function suppress_redundant_updates_trigger()',
    'trigger',
    /outbox t$/,
  ],
  ['alter table tenancy.outbox disable trigger number', 'trigger', /outbox number$/],
  ['alter table tenancy.outbox no force row level security', 'row-security', /^tenancy\.outbox$/],
  ['alter policy overseer on tenancy.outbox to public', 'other-policy', /outbox policy overseer/],
  ['create policy overseer on app.tickets to tenantry_overseer using (true)', 'other-policy', /tickets policy overseer/],
  ['grant tenantry_overseer to tenantry_app', 'overseer', /tenantry_app is a member/],
  ['grant select on app.tickets to tenantry_overseer', 'overseer', /^app\.tickets$/],
  ['grant execute on function tenancy.tenants_with_work(interval) to tenantry_tenant', 'overseer', /tenants_with_work/],
  ['grant execute on function tenancy.take_turn(uuid) to tenantry_tenant', 'own-function', /take_turn/],
  ['alter role tenantry_overseer bypassrls', 'inner-role', /tenantry_overseer/],
  ['create rule r as on insert to app.tickets do also select 1', 'trigger', /tickets r$/],
  ['drop trigger seal on app.audit_event', 'append-only', /^app\.audit_event$/],
  ['alter table app.audit_event disable trigger keep', 'append-only', /^app\.audit_event$/],
  ['alter table app.audit_head disable trigger keep', 'trigger', /audit_head keep/],
  ['grant update on app.audit_event to tenantry_tenant', 'append-only', /^app\.audit_event$/],
  ['grant insert on app.audit_head to tenantry_tenant', 'append-only', /^app\.audit_head$/],
  ['alter table app.tickets owner to postgres', 'owner', /^app\.tickets$/],
  ['grant truncate on app.tickets to tenantry_tenant', 'table-grant', /^app\.tickets$/],
  ['grant references, trigger on app.tickets to tenantry_app', 'table-grant', /^app\.tickets$/],
  ['grant select on app.tickets to public', 'table-grant', /^app\.tickets$/],
  ['grant select on tenancy.fence to tenantry_tenant', 'fence-grant', /^tenancy\.fence$/],
  ['grant insert on tenancy.whoami to tenantry_tenant', 'fence-grant', /^tenancy\.whoami$/],
  ['alter role tenantry_app superuser', 'login-attribute', /tenantry_app/],
  ['alter role tenantry_app bypassrls', 'login-attribute', /tenantry_app/],
  ['alter role tenantry_app createrole', 'login-attribute', /tenantry_app/],
  ['grant tenantry_owner to tenantry_app', 'login-member', /tenantry_app in tenantry_owner/],
  ['grant pg_read_all_data to tenantry_tenant', 'login-member', /tenantry_tenant in pg_read_all_data/],
  ['alter role tenantry_sentinel login', 'inner-role', /tenantry_sentinel/],
  ['alter schema public owner to tenantry_app', 'owns', /tenantry_app/],
  ['grant temporary on database %I to public', 'database-grant', /^tenantry_e_/],
  ['grant create on database %I to tenantry_tenant', 'database-grant', /^tenantry_e_/],
  ['grant connect on database %I to public', 'public-connect', /^tenantry_e_/],
  ['grant connect on database %I to tenantry_app', 'login-connects', /^tenantry_app$/],
  ['grant create on schema app to tenantry_tenant', 'schema-create', /^app$/],
  ['grant usage on schema public to public', 'schema-create', /^public$/],
  ['alter default privileges grant all on tables to public', 'default-grant', /postgres/],
  [`alter role tenantry_app set search_path to 'x'`, 'persisted-setting', /tenantry_app/],
  ['alter function tenancy.restore_role() reset search_path', 'definer-path', /restore_role/],
  [
    `create function app.definer() returns int language sql security definer set search_path = app, pg_catalog as 'select 1'`,
    'definer-path',
    /app\.definer/,
  ],
  ['grant execute on function tenancy.tenant_of(text) to public', 'definer-public', /tenant_of/],
  ['grant execute on function tenancy.protect(regclass, text) to tenantry_tenant', 'own-function', /protect/],
  ['grant usage on language plpgsql to public', 'language', /plpgsql/],
  ['grant execute on function pg_advisory_lock(bigint) to public', 'dangerous-function', /pg_advisory_lock/],
  ['grant execute on function query_to_xml(text, boolean, boolean, text) to tenantry_tenant', 'dangerous-function', /query_to_xml/],
  ['grant execute on function pg_terminate_backend(integer, bigint) to public', 'dangerous-function', /pg_terminate_backend/],
  ['create foreign data wrapper w; create server s foreign data wrapper w', 'extension', /^s$/],
];

describe('the catalogue of a database of tenants', () => {
  let test: TestPlatform;
  let homes: Record<'row' | 'schema' | 'database', Tenant>;

  beforeAll(async () => {
    test = await TestPlatform.open();
    homes = { row: await test.tenant('row'), schema: await test.tenant('schema'), database: await test.tenant('database') };
  });
  afterAll(() => test.close());

  const on = <T>({ placement }: Tenant, work: (session: pg.Client) => Promise<T>): Promise<T> => {
    const { provisionUrl } = test.platform.clusters.find(({ name }) => name === placement.cluster)!;
    return withSession(atDatabase(String(provisionUrl), placement.database), work);
  };

  it.each(['row', 'database'] as const)('breaks no rule where a %s tenant lives', async (tier) => {
    expect(await on(homes[tier], (session) => auditCatalogue(session))).toEqual([]);
  });

  it('is looked at in every home of the shared database', async () => {
    const found = await on(homes.row, async (session) => {
      await session.query('begin');
      await session.query(`alter table "${homes.schema.placement.schema}".tickets no force row level security`);
      const findings = await auditCatalogue(session);
      await session.query('rollback');
      return findings;
    });
    expect(found).toEqual([{ rule: 'row-security', object: `${homes.schema.placement.schema}.tickets`, says: expect.any(String) }]);
  });

  it('is short of a table as soon as it leaves the list of global ones', async () => {
    const found = await on(homes.database, (session) =>
      auditCatalogue(session, {
        globalTables: ['tenancy.fence', 'tenancy.whoami', 'tenancy.migration', 'tenancy.foundation', 'tenancy.auditor'],
      }),
    );
    expect(found.map(({ rule, object }) => `${rule} ${object}`)).toEqual(['unknown-table tenancy.role_seal']);
  });

  it.each(FAULTS)('is found at fault after: %s', async (fault, rule, object) => {
    const found = await on(homes.database, async (session) => {
      await session.query('begin');
      await session.query(fault.replace('%I', `"${homes.database.placement.database}"`));
      const findings = await auditCatalogue(session);
      await session.query('rollback');
      return findings;
    });
    const named = found.filter((finding) => finding.rule === rule).map((finding) => finding.object);
    expect(named).toEqual(expect.arrayContaining([expect.stringMatching(object)]));
  });

  it('has a planted fault for every rule', () => {
    expect(AUDIT_RULES.map(({ rule }) => rule).filter((rule) => !FAULTS.some(([, named]) => named === rule))).toEqual([]);
    expect(FAULTS.length).toBeGreaterThanOrEqual(20);
  });
});
