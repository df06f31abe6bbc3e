import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { homeOf, targetOf } from '#catalog/fleet/home-ledger.js';
import type { RunDetail } from '#control/fleet/fleet.schemas.js';
import { driveRun } from '#main/fleet-driver.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { SetBack } from '#testing/fleet/set-back.js';
import { shortOf } from '#testing/member-stage.js';
import { OperatorStage, type TestOperator } from '#testing/operators/operator-stage.js';

const RUNS = '/api/platform/migrations/runs';
const REASON = { reason: 'the release of today' };

describe('runs over the fleet, for those who run the platform', () => {
  let fleet: FleetStage;
  let stage: OperatorStage;
  let ops: TestOperator;
  let acme: Tenant;
  let globex: Tenant;
  let initech: Tenant;

  beforeAll(async () => {
    fleet = await FleetStage.open(null);
    stage = await OperatorStage.open(fleet.settings);
    ops = await stage.signedIn('operator');
    [acme, globex] = [await fleet.tests.tenant('schema'), await fleet.tests.tenant('database')];
    initech = await fleet.tests.tenant('schema');
  });
  afterAll(async () => {
    await stage.close();
    await fleet.close();
  });

  const ask = (method: 'GET' | 'POST', path: string, body?: object) => stage.ask(method, `${RUNS}${path}`, ops.bearer, body);
  const begin = (body: object, key: string = randomUUID()) => stage.ask('POST', RUNS, { ...ops.bearer, 'idempotency-key': key }, body);
  const nameOf = ({ placement }: Tenant): string => targetOf(homeOf(placement));
  /** The ledger says so; the home is at the newest version all the same, so a run has it at once. */
  const behind = ({ placement }: Tenant): Promise<void> =>
    fleet.tests.provisioning.ledger.correct([{ ...homeOf(placement), version: '0001-tickets', needs: '' }]);
  /** As a worker does it. */
  const drive = async (id: string) => {
    const { platform, provisioning } = fleet.tests;
    const works = await platform.catalog.em
      .fork()
      .execute<{ id: string }[]>(`select id from work where state = 'queued' and input ->> 'run' = ?`, [id]);
    return driveRun(platform, provisioning, { id, works: works.map((work) => work.id) }, () => undefined);
  };
  const detail = async (id: string): Promise<RunDetail> => (await ask('GET', `/${id}`)).json();

  it('are begun, watched, held up, gone on with and ended', async () => {
    await behind(acme);
    await behind(globex);
    const status = (await stage.ask('GET', '/api/platform/migrations/status', ops.bearer)).json<{
      behind: number;
      targets: { slug: string; pending: string[] }[];
    }>();
    expect(status.targets.map(({ slug }) => slug).sort()).toEqual([acme.slug, globex.slug].sort());
    expect(status.targets[0]?.pending.length).toBeGreaterThan(1);
    const begun = await begin({ canary: 0, ...REASON });
    expect([begun.statusCode, begun.json()]).toMatchObject([
      202,
      { state: 'running', targets: { total: 2, pending: 2 }, reason: REASON.reason },
    ]);
    const { run } = begun.json<RunDetail>();
    expect(shortOf(await begin(REASON))).toEqual([409, 'fleet.run-under-way']);
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

  it('send what real homes lack, name what failed without a secret, and try again what is named and nothing else', async () => {
    const back = new SetBack(fleet);
    await back.poisoned(acme);
    await back.poisoned(globex);
    await back.home(initech);
    const { run } = (await begin({ canary: 0, ...REASON })).json<RunDetail>();
    expect(await drive(run)).toMatchObject({ state: 'failed', targets: { total: 3, migrated: 1, failed: 2 } });
    expect([await back.has(acme), await back.has(globex), await back.has(initech)]).toEqual([false, false, true]);
    const { failures } = await detail(run);
    expect(failures.map(({ target }) => target)).toEqual([nameOf(acme), nameOf(globex)].sort());
    for (const { error } of failures) expect(error).toContain('already exists');
    const told = JSON.stringify([failures, (await ask('GET', `/${run}/events`)).payload]);
    for (const secret of back.secrets) expect(told).not.toContain(secret);

    await back.home(acme);
    await back.home(globex);
    expect((await ask('POST', `/${run}/resume`, { targets: [nameOf(globex)], ...REASON })).json()).toMatchObject({
      state: 'running',
      targets: { pending: 1, failed: 1 },
    });
    expect(await drive(run)).toMatchObject({ state: 'failed', targets: { migrated: 2, failed: 1 } });
    expect((await detail(run)).failures).toMatchObject([{ target: nameOf(acme) }]);
    expect([await back.has(acme), await back.has(globex)]).toEqual([false, true]);
    expect((await ask('POST', `/${run}/resume`, REASON)).statusCode).toBe(202);
    expect(await drive(run)).toMatchObject({ state: 'done', targets: { migrated: 3, failed: 0 } });
    expect(await back.has(acme)).toBe(true);
    const states = [...(await ask('GET', `/${run}/events`)).payload.matchAll(/"state":"([a-z]+)"/g)].map(([, state]) => state);
    expect([...new Set(states)]).toEqual(['running', 'failed', 'done']);
  });

  it('are begun once for a key, whenever and however often it comes', async () => {
    expect(shortOf(await ask('POST', '', REASON))).toEqual([400, 'idempotency.key-needed']);
    const wish = { canary: 0, tenants: [acme.id], ...REASON };
    await behind(acme);
    const key = randomUUID();
    const twins = await Promise.all([begin(wish, key), begin(wish, key), begin(wish, key)]);
    expect(twins.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202]);
    const [run = '', ...others] = new Set(twins.map((answer) => answer.json<RunDetail>().run));
    expect(others).toEqual([]);
    expect(twins.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(2);
    expect(twins.map(({ headers }) => headers.location)).toContain(`${RUNS}/${run}`);
    expect(shortOf(await begin({ ...wish, concurrency: 2 }, key))).toEqual([422, 'idempotency.key-reused']);
    expect(await drive(run)).toMatchObject({ state: 'done', targets: { total: 1, migrated: 1 } });
    await behind(acme);
    const late = await begin(wish, key);
    expect([late.statusCode, late.headers['idempotent-replayed'], late.json()]).toMatchObject([202, 'true', { run, state: 'done' }]);
    const { behind: left } = (await stage.ask('GET', '/api/platform/migrations/status', ops.bearer)).json<{ behind: number }>();
    expect(left).toBe(1);
    const another = (await begin(wish)).json<RunDetail>();
    expect(another.run).not.toBe(run);
    await drive(another.run);
  });

  it('are listed page by page', async () => {
    const all = (await ask('GET', '?limit=100')).json<{ data: RunDetail[]; nextCursor: string | null }>();
    expect([all.data.length > 2, all.nextCursor]).toEqual([true, null]);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await ask('GET', `?limit=1${cursor && `&cursor=${cursor}`}`);
      const { data, nextCursor }: { data: RunDetail[]; nextCursor: string | null } = page.json();
      paged.push(...data.map(({ run }) => run));
      cursor = nextCursor;
    }
    expect(paged).toEqual(all.data.map(({ run }) => run));
    expect(shortOf(await ask('GET', '?cursor=bm90LW91cnMtYXQtYWxsLi4u.AAAAAAAAAAAAAAAAAAAAAA'))).toEqual([400, 'cursor.invalid']);
  });

  it('are never over a region or tenants that are not there', async () => {
    for (const region of ['nowhere', '']) expect(shortOf(await begin({ region, ...REASON }))).toEqual([422, 'provisioning.region-unknown']);
    const strangers = Array.from({ length: 12 }, () => randomUUIDv7());
    const refused = await begin({ tenants: [acme.id, ...strangers], ...REASON });
    expect(shortOf(refused)).toEqual([422, 'fleet.tenants-unknown']);
    const { detail: said } = refused.json<{ detail: string }>();
    expect(strangers.filter((id) => said.includes(id))).toHaveLength(10);
    expect(said).toContain('and 2 more');
    expect(said).not.toContain(acme.id);
    expect((await begin({ region: 'eu-west', tenants: [acme.id], ...REASON })).json()).toMatchObject({
      state: 'done',
      targets: { total: 0 },
    });
  });

  it('are for operators, and refuse what makes no sense', async () => {
    const support = await stage.signedIn('support');
    expect((await stage.ask('GET', RUNS, support.bearer)).statusCode).toBe(200);
    expect((await stage.ask('POST', RUNS, { ...support.bearer, 'idempotency-key': 'x' }, REASON)).statusCode).toBe(403);
    expect((await stage.ask('GET', RUNS)).statusCode).toBe(401);
    expect(shortOf(await ask('GET', '/01970000-0000-7000-8000-00000000000e'))).toEqual([404, 'fleet.run-unknown']);
    for (const wrong of [
      {},
      { ...REASON, concurrency: 0 },
      { ...REASON, tier: 'table' },
      { ...REASON, maxFailures: { percent: 101 } },
      { ...REASON, maxFailures: { percent: 0 } },
      { ...REASON, maxFailures: { percent: 0.001 } },
      { ...REASON, lockTimeoutMs: 1 },
    ])
      expect((await begin(wrong)).statusCode).toBe(422);
  });
});
