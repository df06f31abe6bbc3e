import { homeOf, targetOf } from '#catalog/fleet/home-ledger.js';
import type { RunDetail } from '#control/fleet/fleet.schemas.js';
import { driveRun } from '#main/fleet-driver.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { RunStage } from '#testing/fleet/run-stage.js';
import { shortOf } from '#testing/member-stage.js';
import { OperatorStage, type TestOperator } from '#testing/operators/operator-stage.js';

const RUNS = '/api/platform/migrations/runs';
const REASON = { reason: 'the release of today' };

describe('runs over the fleet, for those who run the platform', () => {
  let fleet: RunStage;
  let stage: OperatorStage;
  let ops: TestOperator;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    fleet = await RunStage.open(null);
    stage = await OperatorStage.open(fleet.settings);
    ops = await stage.signedIn('operator');
    [acme, globex] = [await fleet.tests.tenant('schema'), await fleet.tests.tenant('database')];
  });
  afterAll(async () => {
    await stage.close();
    await fleet.close();
  });

  const ask = (method: 'GET' | 'POST', path: string, body?: object) => stage.ask(method, `${RUNS}${path}`, ops.bearer, body);
  /** The ledger says so; the home is at the newest version all the same, so a run has it at once. */
  const behind = ({ placement }: Tenant): Promise<void> =>
    fleet.tests.provisioning.ledger.correct([{ ...homeOf(placement), version: '0001-tickets', needs: '' }]);
  const drive = (id: string) => {
    const { platform, provisioning } = fleet.tests;
    return platform.fleet.resume(id).then((begun) => driveRun(platform, provisioning, begun, () => undefined));
  };

  it('are begun, watched, held up, gone on with and ended', async () => {
    await behind(acme);
    await behind(globex);
    const status = (await stage.ask('GET', '/api/platform/migrations/status', ops.bearer)).json<{
      behind: number;
      targets: { slug: string; pending: string[] }[];
    }>();
    expect(status.targets.map(({ slug }) => slug).sort()).toEqual([acme.slug, globex.slug].sort());
    expect(status.targets[0]?.pending.length).toBeGreaterThan(1);
    const begun = await ask('POST', '', { canary: 0, ...REASON });
    expect([begun.statusCode, begun.json()]).toMatchObject([
      202,
      { state: 'running', targets: { total: 2, pending: 2 }, reason: REASON.reason },
    ]);
    const { run } = begun.json<RunDetail>();
    expect(shortOf(await ask('POST', '', REASON))).toEqual([409, 'fleet.run-under-way']);
    expect((await ask('POST', `/${run}/pause`, REASON)).json()).toMatchObject({ state: 'paused' });
    expect(shortOf(await ask('POST', `/${run}/pause`, REASON))).toEqual([409, 'fleet.state-refused']);
    expect((await ask('POST', `/${run}/resume`, REASON)).json()).toMatchObject({ state: 'running' });
    expect(await drive(run)).toMatchObject({ state: 'done', targets: { migrated: 2 } });
    expect((await ask('GET', `/${run}`)).json()).toMatchObject({
      state: 'done',
      targets: { total: 2, migrated: 2 },
      failures: [],
      skipped: [],
    });
    expect((await ask('GET', '')).json<{ data: RunDetail[] }>().data.map((known) => known.run)).toContain(run);
    const events = (await ask('GET', `/${run}/events`)).payload;
    expect(events).toContain('"state":"paused"');
    expect(events.trim().split('\n').at(-1)).toContain('"state":"done"');
    const later = await stage.ask('GET', `${RUNS}/${run}/events`, { ...ops.bearer, 'last-event-id': '9999' });
    expect(later.payload).not.toContain('"state"');
    expect(shortOf(await ask('POST', `/${run}/abort`, REASON))).toEqual([409, 'fleet.state-refused']);
  });

  it('say which of the targets that failed are tried again', async () => {
    await behind(acme);
    const { run } = (await ask('POST', '', { canary: 0, tenants: [acme.id], ...REASON })).json<RunDetail>();
    expect((await ask('POST', `/${run}/resume`, { targets: [targetOf(homeOf(acme.placement))], ...REASON })).statusCode).toBe(202);
    expect((await ask('POST', `/${run}/abort`, REASON)).json()).toMatchObject({ state: 'aborted', targets: { pending: 1 } });
  });

  it('are for operators, and refuse what makes no sense', async () => {
    const support = await stage.signedIn('support');
    expect((await stage.ask('GET', RUNS, support.bearer)).statusCode).toBe(200);
    expect((await stage.ask('POST', RUNS, support.bearer, REASON)).statusCode).toBe(403);
    expect((await stage.ask('GET', RUNS)).statusCode).toBe(401);
    expect(shortOf(await ask('GET', '/01970000-0000-7000-8000-00000000000e'))).toEqual([404, 'fleet.run-unknown']);
    for (const wrong of [
      {},
      { ...REASON, concurrency: 0 },
      { ...REASON, tier: 'table' },
      { ...REASON, maxFailures: { percent: 101 } },
      { ...REASON, lockTimeoutMs: 1 },
    ])
      expect((await ask('POST', '', wrong)).statusCode).toBe(422);
  });
});
