import type { Mutation } from './mutation.js';

const ERASURE_SPECS = ['src/control/lifecycle/erasure/tenant-eraser.int-spec.ts'];
const TRANSFER_SPECS = ['src/control/lifecycle/import/transfer.int-spec.ts'];
const REFUSAL_SPECS = ['src/control/lifecycle/erasure/refused-erasure.int-spec.ts'];
const BOOK = { file: 'src/catalog/lifecycle/erasure-book.ts', specs: ERASURE_SPECS };
const TOMBSTONES = { file: 'src/catalog/lifecycle/tombstones.ts', specs: ERASURE_SPECS };
const ERASER = { file: 'src/control/lifecycle/erasure/tenant-eraser.ts', specs: ERASURE_SPECS };
const TRACES = { file: 'src/adapters/postgres/tenant-traces.ts', specs: ERASURE_SPECS };
const VAULT = { file: 'src/adapters/key-vault/key-vault-tenant-store.ts', specs: ERASURE_SPECS };
const BILLING = {
  file: 'src/control/lifecycle/erasure/billing-tenant-store.ts',
  specs: ['src/control/lifecycle/erasure/billing-tenant-store.int-spec.ts'],
};
const KNOWN = { file: 'src/catalog/tenants/known-tenants.ts', specs: ['src/control/doctor/doctor.int-spec.ts'] };
const EXPORTER = { file: 'src/control/lifecycle/export/tenant-exporter.ts', specs: TRANSFER_SPECS };

/** A tenant's end and its way elsewhere: nothing before its time, nothing left, nothing missing, nothing half. */
export const ERASURE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'erasure: a database whose sessions somebody ends is asked once more',
    file: 'src/adapters/postgres/tenant-traces.ts',
    find: 'if (!isFirst || sqlStateOf(error)',
    replace: 'if (isFirst || sqlStateOf(error)',
    specs: ['src/adapters/postgres/tenant-traces.int-spec.ts'],
  },
  {
    ...BOOK,
    name: 'erasure: not before the retention is over',
    find: 'if (!early && (!dueAt || dueAt > now))',
    replace: 'if (!early && !dueAt)',
  },
  { ...BOOK, name: 'erasure: not on legal hold', find: 'if (isHeld) throw', replace: 'if (isHeld && !early && !dueAt) throw' },
  { ...BOOK, name: 'erasure: takes the notices of its customer', find: '      await eraseNotices(em, id);\n', replace: '' },
  {
    name: 'erasure: a chain that is never cut has no name in it',
    file: 'src/catalog/tenants/tenant-registry.ts',
    find: 'slugHash: slugHash(slug), plan',
    replace: 'slug, plan',
    specs: ERASURE_SPECS,
  },
  {
    name: 'doctor: the customer of another installation is left alone',
    file: 'src/control/doctor/checks/customers.check.ts',
    find: 'erased.has(tenantId) ?',
    replace: '!everybody.has(tenantId) ?',
    specs: ['src/control/doctor/doctor.int-spec.ts'],
  },
  {
    ...BOOK,
    specs: REFUSAL_SPECS,
    name: 'erasure: before its time only for the cancellation that was confirmed',
    find: 'const early = earlyFor === retention.cancelledAt.toISOString();',
    replace: 'const early = earlyFor !== null;',
  },
  {
    file: 'src/catalog/work/work-book.ts',
    specs: REFUSAL_SPECS,
    name: 'doctor: of an erased tenant nothing is wanted any more',
    find: '         and not exists (select from tombstone t where t.tenant_id = w.tenant_id)\n',
    replace: '',
  },
  {
    file: 'src/control/lifecycle/erasure/erase-tenant.work.ts',
    specs: REFUSAL_SPECS,
    name: 'erasure: what is refused is over',
    find: ', undo: () => Promise.resolve()',
    replace: '',
  },
  {
    ...BOOK,
    name: 'erasure: only of who is cancelled',
    find: `if (status !== 'cancelled') throw`,
    replace: `if (status === 'provisioning') throw`,
  },
  {
    ...BOOK,
    name: 'erasure: whoever takes the cancellation back is waited for',
    find: '{ lockMode: LockMode.PESSIMISTIC_WRITE }',
    replace: '{}',
  },
  {
    ...TOMBSTONES,
    name: 'erasure: an id never comes back',
    find: 'if (rows.some((row) => row.tenant_id === id))',
    replace: 'if (rows.length > 1)',
  },
  { ...TOMBSTONES, name: 'erasure: a name is in quarantine', find: 'if (rows.length > 0) throw new SlugTakenError(slug);', replace: '' },
  { ...ERASER, name: 'erasure: no certificate while something is left', find: 'if (left.length > 0)', replace: 'if (left.length > 1_000)' },
  {
    ...TRACES,
    name: 'erasure: a database that says whose it is, is found',
    find: '(!this.task.others.has(name) && (await this.#saysItIsOurs(name)))',
    replace: 'false',
  },
  {
    ...BILLING,
    name: 'erasure: the customer on record goes, whatever the provider says of it',
    find: 'customer.id === recorded || ',
    replace: '',
  },
  {
    ...BILLING,
    name: 'erasure: a customer on record for somebody else stays',
    find: ' && (await this.#isNobodys(customer))',
    replace: '',
  },
  {
    ...KNOWN,
    name: 'doctor: whose erasure has begun is left alone',
    find: " or exists (select from tenant_retention r where r.tenant_id = t.id and r.state = 'erasing')",
    replace: '',
  },
  { ...KNOWN, name: 'doctor: who is being made is left alone', find: "t.status = 'provisioning' or ", replace: '' },
  { ...VAULT, name: 'erasure: deleted secrets are looked for', find: 'matching(this.secrets.deletedNames(), isOurs)', replace: '[]' },
  {
    ...EXPORTER,
    name: 'export: fails while a column is not declared',
    find: '    requireDeclared(shapes, this.parts.declared);\n',
    replace: '',
  },
  {
    ...EXPORTER,
    name: 'export: breaks off when the tenant is closed',
    find: '    await this.parts.snapshots.requireOpen();\n',
    replace: '',
  },
  {
    file: 'src/kernel/isolation/tenant-context-factory.ts',
    specs: TRANSFER_SPECS,
    name: 'export: is of one moment',
    find: `.setIsolationLevel('repeatable read')`,
    replace: `.setIsolationLevel('read committed')`,
  },
  {
    file: 'src/control/lifecycle/import/import-folder.ts',
    specs: TRANSFER_SPECS,
    name: 'import: takes no file that was changed',
    find: `if (hash.digest('hex') !== sha256)`,
    replace: `if (hash.digest('hex') === '')`,
  },
  {
    file: 'src/adapters/postgres/postgres-loader.ts',
    specs: TRANSFER_SPECS,
    name: 'import: the record is sealed as the new tenant’s',
    find: '        await resealed(session, tenant, this.signer);\n',
    replace: '',
  },
  {
    file: 'src/adapters/redis/key-trace.ts',
    specs: ['src/adapters/redis/redis-tenant-store.int-spec.ts'],
    name: 'erasure: a name is not what keys are for',
    find: 'key.endsWith(`:slug:${slug}`)',
    replace: 'key.split(/[:{}/]/).includes(slug)',
  },
];
