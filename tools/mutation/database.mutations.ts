import type { Mutation } from './mutation.js';

const MODEL = ['src/kernel/isolation/model.int-spec.ts'];
const HARDENING = ['src/kernel/isolation/hardening.int-spec.ts'];
const TENANCY = 'provisioning/tenancy.sql';
const POLICY = "using (%s) with check (%s)', target, mine, mine)";

/** What the database itself holds, whatever runs in it. */
export const DATABASE_MUTATIONS: readonly Mutation[] = [
  { name: 'policy: USING', file: TENANCY, specs: MODEL, find: POLICY, replace: `using (true) with check (%s)', target, mine)` },
  { name: 'policy: WITH CHECK', file: TENANCY, specs: MODEL, find: POLICY, replace: `using (%s) with check (true)', target, mine)` },
  {
    name: 'row-level security is enabled',
    file: TENANCY,
    specs: MODEL,
    find: `execute format('alter table %s enable row level security', target);`,
    replace: '',
  },
  {
    name: 'row-level security binds the owner (FORCE)',
    file: TENANCY,
    specs: HARDENING,
    find: `execute format('alter table %s force row level security', target);`,
    replace: '',
  },
  {
    name: 'a capability opens its own home',
    file: TENANCY,
    specs: MODEL,
    find: `if fenced.is_open and (fenced.home = tenant_of.home or tenant_of.home = 'tenancy') then`,
    replace: 'if fenced.is_open then',
  },
  {
    name: 'a fence that is closed opens nothing',
    file: TENANCY,
    specs: MODEL,
    find: `if fenced.is_open and (fenced.home = tenant_of.home or tenant_of.home = 'tenancy') then`,
    replace: `if fenced.home = tenant_of.home or tenant_of.home = 'tenancy' then`,
  },
  {
    name: 'a capability is known by its hash alone',
    file: TENANCY,
    specs: ['src/kernel/isolation/attack-list.int-spec.ts'],
    find: `where f.capability_hash = sha256(convert_to(presented, 'UTF8'));`,
    replace: `where f.capability_hash = sha256(convert_to(presented, 'UTF8')) or f.tenant_id::text = presented;`,
  },
  {
    name: 'CONNECT is revoked',
    file: 'provisioning/roles.sql',
    specs: HARDENING,
    find: `execute format('revoke all on database %I from public', d.datname);`,
    replace: 'null;',
  },
  {
    name: 'TEMPORARY is revoked',
    file: TENANCY,
    specs: HARDENING,
    find: `execute format('revoke all on database %I from public', current_database());`,
    replace: `execute format('grant temporary on database %I to public', current_database());`,
  },
  {
    name: 'functions that reach others are revoked',
    file: TENANCY,
    specs: HARDENING,
    find: `execute format('revoke execute on function %s from public', f.signature);`,
    replace: 'null;',
  },
  { name: 'no code blocks', file: TENANCY, specs: HARDENING, find: 'revoke usage on language plpgsql from public;', replace: '' },
  {
    name: 'a login role becomes no other',
    file: 'provisioning/roles.sql',
    specs: HARDENING,
    find: 'grant tenantry_tenant to tenantry_app with inherit true, set false, admin false;',
    replace: 'grant tenantry_tenant to tenantry_app with inherit true, set true, admin false;',
  },
];
