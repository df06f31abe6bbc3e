import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { atDatabase, identifier } from '#adapters/postgres/session.js';
import { HttpDoor, type Caller } from '#testing/faults/http-door.js';
import { Load } from '#testing/faults/load.js';
import { proxiedClusters, type ProxiedClusters } from '#testing/faults/proxied-clusters.js';
import { report } from '#testing/faults/report.js';
import { Superuser } from '#testing/faults/superuser.js';
import { until } from '#testing/faults/until.js';
import { TestPlatform } from '#testing/test-platform.js';

const BUDGET = 6;
const PLACES_BACK_WITHIN_MS = 16_000;
const PROGRAM = join(import.meta.dirname, '../../../dist/src/main/api.js');

describe('the connections that all processes may have on one server', () => {
  let clusters: ProxiedClusters;
  let superuser: Superuser;
  let settings: Record<string, string>;
  let one: TestPlatform;
  let other: TestPlatform;
  let doors: HttpDoor[];
  let callers: Caller[];
  let keys: string[];

  beforeAll(async () => {
    clusters = await proxiedClusters();
    superuser = await Superuser.on(clusters.provisionUrl);
    settings = { ...clusters.settings, CONNECTIONS_PER_SERVER: String(BUDGET), CONNECTIONS_PER_TENANT: '8' };
    one = await TestPlatform.open(settings);
    other = await TestPlatform.open(settings);
    doors = [await HttpDoor.on(one), await HttpDoor.on(other)];
    callers = [];
    keys = [];
    for (const tier of ['row', 'schema', 'database', 'database'] as const) {
      const tenant = await one.tenant(tier);
      const key = await one.apiKey(tenant);
      keys.push(key);
      callers.push(...doors.map((door) => door.callerWith(tenant, key)));
    }
  });
  afterAll(async () => {
    for (const door of doors) await door.close();
    await other.close();
    await one.close();
    await superuser.close();
    await clusters.proxy.close();
  });

  it('are never more than the budget, whoever asks', async () => {
    const load = new Load([...callers, ...callers], 5);
    let most = 0;
    for (let looked = 0; looked < 60; looked += 1) {
      most = Math.max(most, await superuser.count(clusters.proxy));
      await pause(50);
    }
    const { answers, failures, foreign, p99 } = await load.stop();
    const codes = [...new Set(failures.map(({ status, code }) => `${status} ${code}`))];
    report(
      `budget ${BUDGET} for two processes: at most ${most} backends; ${failures.length} of ${answers.length} failed (${codes.join(', ')}), p99 ${p99.toFixed(0)} ms`,
    );
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(BUDGET);
    expect(foreign).toBe(0);
    expect(codes.filter((code) => !['503 tenant.unavailable', '503 tenant.busy'].includes(code))).toEqual([]);
    expect(answers.length).toBeGreaterThan(failures.length);
  });

  it('come back from a process that was killed', async () => {
    const [{ tenant }, key] = [callers[2]!, keys[1]!];
    const holder = await Superuser.on(atDatabase(clusters.provisionUrl, tenant.placement.database));
    await until(async () => {
      for (const { platform } of [one, other]) await platform.registry.close();
      return (await superuser.count(clusters.proxy)) === 0;
    }, 5_000);
    const child = spawn(process.execPath, [PROGRAM], {
      env: { ...process.env, ...settings, PORT: '0', LOG_LEVEL: 'info', STATEMENT_DEADLINE_MS: '10000' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const address = await addressOf(child);
      // Held, because who has to do without closes what others leave idle.
      await holder.run('begin');
      await holder.run(`lock table ${identifier(tenant.placement.schema)}.tickets`);
      for (let asked = 0; asked < 8; asked += 1) ask(address, tenant.slug, key);
      await until(async () => (await superuser.count(clusters.proxy)) === BUDGET, 8_000);
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await holder.close();
    }
    expect((await callers[0]!.list()).code).toBe('tenant.unavailable');
    const backAfter = await until(async () => (await callers[0]!.list()).status === 200, PLACES_BACK_WITHIN_MS);
    report(`kill -9 of a process with ${BUDGET} places: they are back after ${(backAfter / 1000).toFixed(1)} s`);
  });

  async function addressOf(child: ChildProcess): Promise<string> {
    for await (const line of createInterface(child.stdout!)) {
      const { msg, address } = JSON.parse(line) as { msg: string; address: string };
      if (msg === 'serving') return address;
    }
    throw new Error('the process ended before it served');
  }

  /** Sends a request that nobody waits for: its process is killed. */
  function ask(address: string, slug: string, apiKey: string): void {
    const sent = request(`${address}/api/tickets`, { headers: { host: `${slug}.localhost`, 'x-api-key': apiKey } });
    sent.on('error', () => undefined).end();
  }
});
