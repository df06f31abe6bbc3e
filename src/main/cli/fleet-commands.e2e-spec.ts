import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { homeOf, targetOf } from '#catalog/fleet/home-ledger.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { NEWEST, SetBack } from '#testing/fleet/set-back.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/cli.js');
/** Each command is a process of its own, and a machine may be busy. */
const PATIENCE_MS = 300_000;

interface Ran {
  readonly code: number;
  readonly document: Record<string, unknown>;
  /** What was said beside it. */
  readonly said: string;
}

describe('tenantry fleet', () => {
  let stage: FleetStage;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await FleetStage.open(null);
    [acme, globex] = [await stage.tests.tenant('schema'), await stage.tests.tenant('database')];
  }, PATIENCE_MS);
  afterAll(() => stage.close());

  /** `heard` is told what is said beside the result, as it is said. */
  const tenantry = (args: readonly string[], heard: (said: string, child: ChildProcess) => void = () => undefined): Promise<Ran> =>
    new Promise((resolve, reject) => {
      let said = '';
      const child = execFile(
        process.execPath,
        [PROGRAM, ...args, '--json'],
        { env: { ...process.env, ...stage.settings } },
        (error, stdout) => {
          if (stdout === '') reject(new Error(`nothing was answered: ${said}`));
          else resolve({ code: typeof error?.code === 'number' ? error.code : 0, document: JSON.parse(stdout) as Ran['document'], said });
        },
      );
      child.stderr?.on('data', (text: string) => {
        said += text;
        heard(said, child);
      });
    });
  const fleet = (...args: string[]): Promise<Ran> => tenantry(['fleet', ...args]);
  const nameOf = ({ placement }: Tenant): string => targetOf(homeOf(placement));
  const inHome = (tenant: Tenant, statement: (home: string) => string): Promise<unknown> => {
    const [cluster] = stage.tests.provisioning.clusters;
    return withSession(atDatabase(String(cluster?.provisionUrl), tenant.placement.database), (session) =>
      session.query(statement(identifier(tenant.placement.schema))),
    );
  };

  it(
    'ends as it would when nobody reads what it says',
    async () => {
      const child = spawn(process.execPath, [PROGRAM, 'fleet', 'status'], {
        env: { ...process.env, ...stage.settings },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (text: Buffer) => (said += text.toString()));
      child.stdout.destroy();
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(said).not.toContain('EPIPE');
    },
    PATIENCE_MS,
  );

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
        ['migrate', '--max-failures', 'many'],
        ['migrate', '--tenant', 'nobody-of-this-name'],
        ['migrate', '--region', ''],
        ['migrate', '--dry-run', '--region', 'nowhere'],
        ['migrate', '--resume', '--dry-run'],
        ['status', '--tier', 'table'],
        ['status', '--region', 'nowhere'],
        ['verify', '--region', 'nowhere'],
      ])
        expect(await fleet(...wrong)).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
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

  it(
    'sends what real homes lack, names what failed without a secret, and tries again what is named and nothing else',
    async () => {
      const back = new SetBack(stage);
      await back.poisoned(acme);
      await back.poisoned(globex);
      const failed = await fleet('migrate', '--canary', '0');
      expect(failed).toMatchObject({ code: 1, document: { state: 'failed', targets: { total: 2, migrated: 0, failed: 2 } } });
      expect(failed.said).toContain(`failed: ${nameOf(acme)}: `);
      expect(JSON.stringify(failed.document['failures'])).toContain('already exists');
      for (const secret of back.secrets) expect(JSON.stringify(failed.document) + failed.said).not.toContain(secret);
      await back.home(acme);
      await back.home(globex);
      const named = await fleet('migrate', '--resume', '--tenant', globex.slug);
      expect(named).toMatchObject({
        code: 1,
        document: { state: 'failed', targets: { migrated: 1, failed: 1 }, failures: [{ target: nameOf(acme) }] },
      });
      expect([await back.has(acme), await back.has(globex)]).toEqual([false, true]);
      // What was told before is not told again.
      expect(named.said).not.toContain('already exists');
      expect(await fleet('migrate', '--resume')).toMatchObject({
        code: 0,
        document: { state: 'done', targets: { migrated: 2, failed: 0 } },
      });
      expect(await back.has(acme)).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'leaves a run that is interrupted to go on later, and says so',
    async () => {
      const back = new SetBack(stage);
      await back.home(acme);
      await stage.onDatabase(acme.placement.database, async (mover) => {
        await mover.query('select pg_advisory_lock(hashtext($1))', [`tenantry.home.${acme.placement.schema}`]);
        // As often as a terminal and whoever passes signals on may send it.
        const left = await tenantry(['fleet', 'migrate', '--canary', '0'], (said, child) => {
          if (said.includes('running, wave')) child.kill('SIGINT');
        });
        expect(left).toMatchObject({ code: 130, document: { state: 'running', targets: { total: 1, pending: 1 } } });
        expect(left.said).toContain(`run ${String(left.document['run'])} is not over`);
      });
      expect(await back.has(acme)).toBe(false);
      expect(await fleet('migrate', '--resume')).toMatchObject({ code: 0, document: { state: 'done', targets: { migrated: 1 } } });
      expect(await back.has(acme)).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'does not call done what was passed over, unless it was not meant',
    async () => {
      const elsewhere = await stage.elsewhere(NEWEST.before);
      const passed = await fleet('migrate');
      expect(passed).toMatchObject({
        code: 1,
        document: {
          ...{ state: 'done', targets: { total: 1, skipped: 1 }, untouched: [] },
          skipped: [{ target: targetOf(elsewhere), error: expect.stringContaining('not known here') as string }],
        },
      });
      expect(passed.said).toContain('1 homes were passed over');
      expect(await fleet('migrate', '--region', 'eu-west')).toMatchObject({ code: 0, document: { targets: { total: 0 }, skipped: [] } });
      // Another release brings it on: a start does not fail for it, and tells.
      expect(await tenantry(['up', '--strict'])).toMatchObject({
        code: 0,
        document: { failures: [], fleet: { skipped: [{ target: targetOf(elsewhere) }] } },
      });
    },
    PATIENCE_MS,
  );
});
