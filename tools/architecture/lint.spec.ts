import { join } from 'node:path';
import { ESLint } from 'eslint';
import { plantedProgram } from '#tools/architecture/planted-program.js';

const top = join(import.meta.dirname, '../..');
const declared = `
  declare const em: any; declare const orm: any; declare const pool: any; declare const storage: any; declare const raw: any; declare const sql: any;
  declare function later(): Promise<void>; declare function use(value: unknown): void;
`;

const refused: [title: string, path: string, line: string, message: RegExp][] = [
  ['enterWith, in the kernel too', 'src/kernel/isolation/planted.ts', `storage.enterWith({});`, /enterWith leaks/],
  ['enterWith in brackets', 'src/workspace/members/planted.ts', `storage['enterWith']({});`, /enterWith leaks/],
  ['a default export', 'src/plugins/tickets/planted.ts', `export default class Ticket {}`, /default export/],
  ['an export called default', 'migrations/tenant/planted.ts', `const x = 1; export { x as default };`, /default export/],
  ['the environment in the control plane', 'src/control/fleet/planted.ts', `use(process.env['PORT']);`, /Only src\/main/],
  ['the environment in an adapter', 'src/adapters/postgres/planted.ts', `use(process.env);`, /Only src\/main/],
  ['the environment destructured', 'src/workspace/members/planted.ts', `const { env } = process; use(env);`, /Only src\/main/],
  ['the environment imported', 'src/workspace/members/planted.ts', `import { env } from 'node:process'; use(env);`, /Only src\/main/],
  ['getConnection', 'src/workspace/members/planted.ts', `use(em.getConnection());`, /connection or a query builder/],
  ['getKysely', 'src/plugins/tickets/planted.ts', `use(em.getKysely());`, /connection or a query builder/],
  ['a query builder', 'src/control/fleet/planted.ts', `use(em.createQueryBuilder('x'));`, /connection or a query builder/],
  ['the short name of one', 'src/kernel/outbox/planted.ts', `use(em.qb('x'));`, /connection or a query builder/],
  ['SQL on the entity manager', 'src/plugins/tickets/planted.ts', `use(em.execute('select 1'));`, /SQL run by hand/],
  ['SQL on a member', 'src/plugins/tickets/planted.ts', `use(orm.em.execute('select 1'));`, /SQL run by hand/],
  ['SQL on a pool, in main', 'src/main/http/planted.ts', `use(pool.query('select 1'));`, /SQL run by hand/],
  ['raw SQL', 'src/workspace/members/planted.ts', 'use(raw(`select 1`));', /Raw SQL/],
  ['the sql tag', 'src/workspace/members/planted.ts', 'use(sql`select 1`);', /Raw SQL/],
  ['the sql tag under another name', 'src/workspace/members/planted.ts', `import { sql as s } from 'kysely'; use(s);`, /Raw SQL/],
  ['sql.raw', 'src/workspace/members/planted.ts', `use(sql.raw('select 1'));`, /Raw SQL/],
  ['a Kysely of its own', 'src/workspace/members/planted.ts', `import { Kysely as K } from 'kysely'; use(K);`, /A Kysely of one's own/],
  ['a promise nobody waits for', 'src/workspace/members/planted.ts', `later();`, /no-floating-promises/],
  [
    'a promise where none is awaited',
    'src/workspace/members/planted.ts',
    `process.on('exit', async () => { await later(); });`,
    /no-misused-promises/,
  ],
  ['a swallowed error', 'src/control/fleet/planted.ts', `try { use(1); } catch {}`, /no-empty/],
];

const left: [title: string, path: string, line: string][] = [
  ['main reading the environment', 'src/main/planted/planted.ts', `use(process.env['PORT']);`],
  ['main wiring the Kysely of the scope', 'src/main/planted/planted.ts', `import { Kysely } from 'kysely'; use(Kysely);`],
  ['the isolation running SQL', 'src/kernel/isolation/planted.ts', `use(em.getConnection()); use(pool.query('select 1'));`],
  ['the catalog asking its own database', 'src/catalog/tenants/planted.ts', `use(em.execute('select 1'));`],
  ['the adapter of PostgreSQL', 'src/adapters/postgres/planted.ts', 'use(raw(`select 1`)); use(em.createQueryBuilder());'],
  ['a spec', 'src/plugins/tickets/planted.int-spec.ts', `use(pool.query('select 1')); use(process.env['PORT']);`],
  ['a promise given up on purpose', 'src/workspace/members/planted.ts', `void later();`],
  ['another execute', 'src/control/fleet/planted.ts', `const saga: any = 1; use(saga.execute());`],
];

const textOf = (line: string) => `${declared}\n${line}\nexport const planted = 1;\n`;
const fileOf = (path: string, line: string) => join(top, path.replace('planted.', `planted-${Buffer.from(line).toString('hex')}.`));
const planted = new Map([...refused, ...left].map(([, path, line]) => [fileOf(path, line), textOf(line)]));
const eslint = new ESLint({
  cwd: top,
  overrideConfigFile: join(top, 'tools/eslint.config.mjs'),
  // The real rules; only the types come from a program that knows the planted files.
  overrideConfig: { languageOptions: { parserOptions: { projectService: false, programs: [plantedProgram(top, planted)] } } },
});

async function complaints(path: string, line: string): Promise<string[]> {
  const [result] = await eslint.lintText(textOf(line), { filePath: fileOf(path, line) });
  return (result?.messages ?? []).map(({ ruleId, message }) => `${ruleId ?? 'parser'}: ${message}`);
}

describe('lint refuses', () => {
  it.each(refused)('%s', async (_title, path, line, message) => {
    expect(await complaints(path, line)).toContainEqual(expect.stringMatching(message));
  });
});

describe('lint leaves alone', () => {
  it.each(left)('%s', async (_title, path, line) => {
    const bans = /no-restricted-syntax|no-floating-promises|no-misused-promises|parser/;
    expect((await complaints(path, line)).filter((complaint) => bans.test(complaint))).toEqual([]);
  });
});
