import type { Mutation } from './mutation.js';

const AUDITORS = ['src/control/auditors/auditors.int-spec.ts'];
const CATALOGUE = ['tools/catalogue-audit/audit-catalogue.int-spec.ts'];
const OWN = ['src/control/provisioning/own-servers.int-spec.ts'];
const TENANCY = 'provisioning/tenancy.sql';

/** Those who look at one tenant for a time, and servers that customers bring. */
export const AUDITOR_MUTATIONS: readonly Mutation[] = [
  {
    name: 'auditors: each is held to the rows of its own tenant',
    file: TENANCY,
    specs: AUDITORS,
    find: `using (tenant_id = (select tenancy.audited(%L)))', target, home);`,
    replace: `using (tenancy.audited(%L) is not null)', target, home);`,
  },
  {
    name: 'auditors: the policy of tenants is not asked for them',
    file: TENANCY,
    specs: AUDITORS,
    find: 'for all to tenantry_tenant, tenantry_owner, tenantry_sentinel using',
    replace: 'for all to public using',
  },
  {
    name: 'auditors: the database refuses them from the second they end',
    file: TENANCY,
    specs: AUDITORS,
    find: ' and a.expires_at > clock_timestamp()\n',
    replace: '\n',
  },
  {
    name: 'auditors: a tenant that is closed is closed to them',
    file: TENANCY,
    specs: AUDITORS,
    find: 'f.tenant_id = a.tenant_id and f.home = a.home and f.is_open);',
    replace: 'f.tenant_id = a.tenant_id);',
  },
  {
    name: 'auditors: they read and nothing else',
    file: TENANCY,
    specs: AUDITORS,
    find: `execute format('grant select on %s to tenantry_auditor', target);`,
    replace: `execute format('grant select, insert, update, delete on %s to tenantry_auditor', target); execute format('create policy more on %s to tenantry_auditor using (true)', target);`,
  },
  {
    name: 'auditors: their sessions end with their login',
    file: TENANCY,
    specs: AUDITORS,
    find: '    perform pg_terminate_backend(a.pid) from pg_stat_activity a where a.usename = revoke_auditor.role_name;\n',
    replace: '',
  },
  {
    name: 'auditors: what they said of themselves does not keep their login',
    file: TENANCY,
    specs: AUDITORS,
    find: `    execute format('drop owned by %I', role_name);\n`,
    replace: '',
  },
  {
    name: 'auditors: their login ends by itself',
    file: TENANCY,
    specs: AUDITORS,
    find: `connection limit 5 valid until %L password %L', role_name, expires_at, verifier);`,
    replace: `connection limit 5 password %L', role_name, verifier);`,
  },
  {
    name: 'auditors: hashes of passwords are kept from them',
    file: 'migrations/tenant/0009-auditors.ts',
    specs: CATALOGUE,
    find: '{tenant_id,id,email,name,status,roles,password_changed_at,version,created_at,updated_at}',
    replace: '{tenant_id,id,email,name,status,roles,password_hash,password_changed_at,version,created_at,updated_at}',
  },
  {
    name: 'auditors: one is ended as its own tenant’s alone',
    file: 'src/control/auditors/auditor-desk.ts',
    specs: AUDITORS,
    find: 'if (card?.tenantId !== tenant.id) throw',
    replace: 'if (!card) throw',
  },
  {
    name: 'auditors: a login that failed half way is taken back',
    file: 'src/control/auditors/auditor-desk.ts',
    specs: AUDITORS,
    find: '      await this.#end(tenant, card).catch(() => undefined);\n',
    replace: '',
  },
  {
    name: 'own servers: one that is in use is refused',
    file: 'src/adapters/postgres/own-server-work.ts',
    specs: OWN,
    find: 'if (facts.used_by !== null && facts.used_by !== name)',
    replace: 'if (facts.used_by === name)',
  },
  {
    name: 'own servers: the customer’s other databases are left as they are',
    file: 'src/adapters/postgres/cluster-bootstrap.ts',
    specs: OWN,
    find: "      await provisioning.query(`set local tenantry.own_server = 'on'`);\n",
    replace: '',
  },
  {
    name: 'own servers: one that is given back is as it was',
    file: 'src/adapters/postgres/own-server-work.ts',
    specs: OWN,
    find: 'if ((await serverMark(provisioning)) !== cluster.name) return;',
    replace: 'return;',
  },
  {
    name: 'own servers: of all who bring one at once the first has it',
    file: 'src/adapters/postgres/cluster-bootstrap.ts',
    specs: OWN,
    find: '      if (![null, cluster.name].includes(await serverMark(provisioning))) throw new OwnServerRefusedError(IN_USE);\n',
    replace: '',
  },
  {
    name: 'own servers: no failure says where one is',
    file: 'src/adapters/postgres/session.ts',
    specs: OWN,
    find: 'throw withoutAddress(error);',
    replace: 'throw error;',
  },
  {
    name: 'own servers: this machine is known however it is written',
    file: 'src/control/provisioning/server-address.ts',
    specs: ['src/control/provisioning/server-address.spec.ts'],
    find: 'const host = plainHost(url.hostname);',
    replace: "const host: string | null = url.hostname.replace(/[[\\]]/g, '');",
  },
  {
    name: 'own servers: one that a tenant is on is not given back',
    file: 'src/control/provisioning/own-servers.ts',
    specs: OWN,
    find: '    if (await clusters.isInUse(row.name)) throw new ClusterInUseError(row.name);\n',
    replace: '',
  },
  {
    name: 'own servers: nothing is left of one whose secret could not be kept',
    file: 'src/control/provisioning/own-servers.ts',
    specs: OWN,
    find: '      if (isNew) await this.#forget(row);\n',
    replace: '',
  },
  {
    name: 'own servers: their addresses hold no parameters of ours to choose',
    file: 'src/control/provisioning/server-address.ts',
    specs: ['src/control/provisioning/server-address.spec.ts'],
    find: `[...url.searchParams.keys()].some((name) => name !== 'sslmode')`,
    replace: 'false',
  },
];
