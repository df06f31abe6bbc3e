import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { BullMqSchedules } from '#adapters/bullmq/bullmq-schedules.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { ScheduleTicks } from '#kernel/jobs/schedule-ticks.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';
import { JobsWorld, prefixOf } from '#testing/jobs/jobs-world.js';

const DAILY = { dayAt: { hour: 2, minute: 30 } } as const;

describe('a schedule', () => {
  let world: JobsWorld;
  let tenants: Tenant[];

  beforeEach(async () => {
    world = await JobsWorld.open();
    tenants = [await world.tenant('row'), await world.tenant('schema')];
  });
  afterEach(() => world.close());

  const ticksOf = (schedules: readonly Schedule[], of = tenants): ScheduleTicks => {
    const { contexts, outbox, log } = world.platform;
    return new ScheduleTicks({ schedules, roll: { active: () => Promise.resolve(of) }, contexts, outbox, log });
  };
  const asked = async (tenant: Tenant): Promise<number> => (await world.jobs(tenant)).length;

  it('asks for one job of every tenant for each slot, however often and by however many it is ticked', async () => {
    const schedule: Schedule = { name: 'spec.daily', handler: world.jobsOf.free, every: DAILY };
    const day = new Date('2026-11-21T02:30:00Z');
    const [one, two] = [ticksOf([schedule]), ticksOf([schedule])];
    expect(await Promise.all([one.tick('spec.daily', day), two.tick('spec.daily', day), two.tick('spec.daily', day)])).toEqual([0, 0, 0]);
    expect(await Promise.all(tenants.map(asked))).toEqual([1, 1]);
    await one.tick('spec.daily', new Date('2026-11-22T02:29:59Z'));
    expect(await Promise.all(tenants.map(asked))).toEqual([1, 1]);
    await two.tick('spec.daily', new Date('2026-11-22T02:30:00Z'));
    expect(await Promise.all(tenants.map(asked))).toEqual([2, 2]);
    expect(await one.tick('spec.unknown', day)).toBe(0);
  });

  it('goes on past a tenant that cannot be asked, and says that somebody was left out', async () => {
    const [acme, globex] = tenants as [Tenant, Tenant];
    await world.tests.provisioning.provisioner.setStatus(acme.id, 'suspended');
    const schedule: Schedule = { name: 'spec.daily', handler: world.jobsOf.free, every: DAILY };
    expect(await ticksOf([schedule]).tick('spec.daily', new Date())).toBe(1);
    expect(await asked(globex)).toBe(1);
  });

  it('is ticked by one of two processes at a time, in every slot, and is forgotten when no release knows it', async () => {
    const every = { milliseconds: 500 };
    const place = { url: world.platform.config.REDIS_URL, prefix: `${prefixOf(world.name)}bull` };
    const ticked: string[] = [];
    const tick = (name: string, at: Date): Promise<number> => {
      ticked.push(`${name}@${String(Math.floor(at.getTime() / every.milliseconds))}`);
      return Promise.resolve(0);
    };
    const log = pino({ level: 'silent' });
    const names = ['spec.kept', `spec.gone-${randomBytes(3).toString('hex')}`] as const;
    const schedule = (name: (typeof names)[number]): Schedule => ({ name: name, handler: world.jobsOf.free, every });
    const [one, two] = [0, 1].map(() => new BullMqSchedules({ ...place, schedules: names.map(schedule), log, tick }));
    for (const process of [one!, two!]) {
      await process.declare();
      process.start();
    }
    await until(() => ticked.filter((slot) => slot.startsWith('spec.kept')).length >= 4, 20_000);
    expect(new Set(ticked).size).toBe(ticked.length);
    const later = new BullMqSchedules({ ...place, schedules: [schedule(names[0])], log, tick });
    await later.declare();
    await until(() => ticked.filter((slot) => slot.startsWith('spec.kept')).length >= 6, 20_000);
    ticked.splice(0);
    await until(() => ticked.filter((slot) => slot.startsWith('spec.kept')).length >= 3, 20_000);
    expect(ticked.filter((slot) => slot.startsWith('spec.gone'))).toEqual([]);
    // Everything that Redis knew of schedules is lost, and told again.
    await world.flush();
    ticked.splice(0);
    await later.declare();
    await until(() => ticked.filter((slot) => slot.startsWith('spec.kept')).length >= 2, 20_000);
    await Promise.all([one, two, later].map((process) => process!.close()));
  });
});
