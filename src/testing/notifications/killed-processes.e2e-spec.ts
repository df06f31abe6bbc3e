import { type ChildProcess, fork } from 'node:child_process';
import { randomInt, randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ticketCommented } from '#plugins/tickets/ticket.events.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';
import { generousPlans } from '#testing/generous-plans.js';
import type { TestMember } from '#testing/members.js';
import { NotificationStage } from '#testing/notifications/notification-stage.js';
import { SseReader } from '#testing/notifications/sse-reader.js';
import type { WorkerOrder } from '#testing/notifications/worker-process.js';
import { type ProductProcess, startProduct } from '#testing/product-process.js';

const PROGRAMS = join(process.cwd(), 'dist/src');
const EVENTS = 40;
const KILLS = 8;

/** A worker that is killed and started again. */
class MortalWorker {
  #child: ChildProcess | undefined;

  constructor(
    private readonly order: WorkerOrder,
    private readonly settings: Record<string, string>,
  ) {}

  async start(): Promise<void> {
    const program = join(PROGRAMS, 'testing/notifications/worker-process.js');
    this.#child = fork(program, [JSON.stringify(this.order)], { execArgv: [], env: { ...process.env, ...this.settings } });
    await once(this.#child, 'message');
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }
}

describe('notifications over processes that are killed', () => {
  let stage: NotificationStage;
  let worker: MortalWorker;
  const apis: ProductProcess[] = [];
  const members: TestMember[] = [];

  beforeAll(async () => {
    stage = await NotificationStage.open(await generousPlans());
    for (const tenant of [await stage.tenant('row'), await stage.tenant('schema'), await stage.tenant('database')])
      members.push(await stage.people.signedIn(tenant, 'member'));
    worker = new MortalWorker({ tenants: [...stage.tenants], prefix: stage.prefix }, stage.settings);
    await worker.start();
    for (let n = 0; n < 2; n += 1) apis.push(await startProduct('api', stage.settings));
  });
  afterAll(async () => {
    await worker.kill();
    await Promise.all(apis.map((api) => api.end('SIGKILL')));
    await stage.close();
  });

  async function ticketOf(tenant: Tenant): Promise<string> {
    const id = randomUUIDv7();
    const text = `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, $2, $3, now(), now())`;
    await stage.sql.run(tenant, text, [tenant.id, id, tenant.slug]);
    return id;
  }

  /** Reads until it is told to stop, and comes again with the last id whenever the stream ends. */
  async function follow(member: TestMember, isDone: () => boolean): Promise<string[]> {
    const shown: string[] = [];
    for (let turn = 0; !isDone(); turn += 1) {
      const reader = await SseReader.open(apis[turn % 2]?.port ?? 0, member.bearer, shown.at(-1));
      const lasts = randomInt(300, 1_500);
      await Promise.race([pause(lasts), until(isDone, 100_000)]);
      reader.close();
      shown.push(...reader.events.map(({ id }) => id));
    }
    return shown;
  }

  it('tell each member once of each event, and show each once, in order, to readers that come and go', async () => {
    let isDone = false;
    const fresh = await Promise.all(members.map((member) => SseReader.open(apis[0]?.port ?? 0, member.bearer)));
    // The first id a reader comes back with is of something it was shown.
    const first = await Promise.all(members.map((member) => ticketOf(member.tenant)));
    const publish = (member: TestMember, ticketId: string): Promise<void> => {
      const { contexts, outbox } = stage.platform;
      const fact = { ticketId, commentId: randomUUIDv7(), version: 1, actorId: null, assigneeId: member.id, openedBy: member.id };
      return stage.tests.as(member.tenant, () => contexts.transaction(async () => outbox.publish(ticketCommented, fact)));
    };
    const following = members.map((member) => follow(member, () => isDone));
    const killing = (async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        await pause(randomInt(100, 900));
        await worker.kill();
        await worker.start();
      }
    })();
    for (let event = 0; event < EVENTS; event += 1) {
      await Promise.all(members.map((member, index) => publish(member, first[index] ?? '')));
      await pause(randomInt(0, 200));
    }
    await killing;
    const kept = (member: TestMember) =>
      stage.sql.run(member.tenant, 'select id from notification where member_id = $1 order by created_at', [member.id]);
    await until(async () => (await Promise.all(members.map(kept))).every((rows) => rows.length >= EVENTS), 90_000);
    await until(() => fresh.every(({ events }) => events.length >= EVENTS), 15_000);
    isDone = true;
    await Promise.all(following);
    for (const [index, member] of members.entries()) {
      const ids = (await kept(member)).map(({ id }) => id);
      expect(ids).toHaveLength(EVENTS);
      expect(fresh[index]?.events.map(({ id }) => id)).toEqual(ids);
      const shown = (await following[index]) ?? [];
      expect(shown.length).toBeGreaterThan(0);
      // Whoever begins without an id begins somewhere; from there on nothing is left out.
      expect(shown).toEqual(ids.slice(ids.indexOf(shown[0] ?? ''), ids.indexOf(shown[0] ?? '') + shown.length));
    }
    for (const reader of fresh) reader.close();
  }, 200_000);

  it('end their streams at once when an api is told to stop', async () => {
    const [api] = apis;
    if (!api) throw new Error('there is an api');
    const readers = await Promise.all(members.map((member) => SseReader.open(api.port, member.bearer)));
    await until(() => readers.every(({ others }) => others.length > 0), 5_000);
    const begun = performance.now();
    const stopped = api.end();
    await until(() => readers.every(({ isOver }) => isOver), 5_000);
    const code = await stopped;
    expect([code, performance.now() - begun < 8_000]).toEqual([0, true]);
  });
});
