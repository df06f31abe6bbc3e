import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { homeOf, targetOf } from '#catalog/fleet/home-ledger.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { RunStage } from '#testing/fleet/run-stage.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/cli.js');
/** Each command is a process of its own, and a machine may be busy. */
const PATIENCE_MS = 300_000;

interface Ran {
  readonly code: number;
  readonly document: Record<string, unknown>;
}

describe('tenantry fleet', () => {
  let stage: RunStage;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await RunStage.open(null);
    [acme, globex] = [await stage.tests.tenant('schema'), await stage.tests.tenant('database')];
  }, PATIENCE_MS);
  afterAll(() => stage.close());

  const fleet = (...args: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, 'fleet', ...args, '--json'], { env: { ...process.env, ...stage.settings } }, (error, stdout) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, document: JSON.parse(stdout) as Ran['document'] }),
      );
    });
  const nameOf = ({ placement }: Tenant): string => targetOf(homeOf(placement));
  const inHome = (tenant: Tenant, statement: (home: string) => string): Promise<unknown> => {
    const [cluster] = stage.tests.provisioning.clusters;
    return withSession(atDatabase(String(cluster?.provisionUrl), tenant.placement.database), (session) =>
      session.query(statement(identifier(tenant.placement.schema))),
    );
  };

  it(
    'says what it would do, does it, and says who is where',
    async () => {
      await stage.tests.provisioning.ledger.correct([{ ...homeOf(acme.placement), version: '0009-auditors', needs: '' }]);
      expect(await fleet('status')).toMatchObject({ code: 0, document: { behind: 1 } });
      const plan = await fleet('migrate', '--dry-run', '--tenant', acme.slug);
      expect(plan).toMatchObject({ code: 0, document: { targets: [{ target: nameOf(acme) }], steps: [{ name: '0010-usage' }] } });
      expect(JSON.stringify(plan.document['steps'])).toContain('create table usage_counter');
      expect(await fleet('status')).toMatchObject({ document: { behind: 1 } });
      expect(await fleet('migrate', '--canary', '0')).toMatchObject({
        code: 0,
        document: { run: expect.any(String) as string, state: 'done', targets: { total: 1, migrated: 1, failed: 0 }, failures: [] },
      });
      expect(await fleet('status', '--tenant', acme.slug)).toMatchObject({
        document: { behind: 0, targets: [{ target: nameOf(acme), slug: acme.slug, pending: [] }] },
      });
    },
    PATIENCE_MS,
  );

  it(
    'finds a stamp without its DDL and an index of nobody’s, names them, and is content with everybody else',
    async () => {
      expect(await fleet('verify')).toMatchObject({ code: 0, document: { checked: 3, drifted: [], unreachable: [] } });
      await inHome(acme, (home) => `drop table ${home}.usage_counter`);
      await inHome(globex, (home) => `create index surplus on ${home}.tickets (tenant_id, title)`);
      const { code, document } = await fleet('verify');
      expect(code).toBe(1);
      const drifted = document['drifted'] as { target: string; missing: { what: string }[]; extra: { what: string }[] }[];
      expect(drifted.map(({ target }) => target).sort()).toEqual([nameOf(acme), nameOf(globex)].sort());
      expect(JSON.stringify(drifted.find(({ target }) => target === nameOf(acme))?.missing)).toContain('usage_counter');
      expect(JSON.stringify(drifted.find(({ target }) => target === nameOf(globex))?.extra)).toContain('surplus');
      await inHome(globex, (home) => `drop index ${home}.surplus`);
    },
    PATIENCE_MS,
  );

  it(
    'tells wrong usage from failure',
    async () => {
      for (const wrong of [
        ['--tier', 'table'],
        ['--concurrency', '0'],
        ['--max-failures', 'many'],
        ['--tenant', 'nobody-of-this-name'],
      ])
        expect((await fleet('migrate', ...wrong)).code).toBe(2);
      await stage.tests.provisioning.ledger.correct([{ ...homeOf(acme.placement), version: '0009-auditors', needs: '' }]);
      const failed = await fleet('migrate');
      expect(failed).toMatchObject({
        code: 1,
        document: { state: 'stopped', targets: { failed: 1 }, failures: [{ target: nameOf(acme) }] },
      });
      await inHome(
        acme,
        (home) => `delete from tenancy.migration where home = '${acme.placement.schema}' and name = '0010-usage' -- ${home}`,
      );
      expect(await fleet('migrate', '--resume')).toMatchObject({
        code: 0,
        document: { state: 'done', targets: { migrated: 1, failed: 0 } },
      });
    },
    PATIENCE_MS,
  );
});
