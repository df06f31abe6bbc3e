import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { generousPlans } from '#testing/generous-plans.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform } from '#testing/test-platform.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/api.js');
const KEYS = Number(process.env.IDEMPOTENCY_KEYS ?? 500);
const REPEATS = 5;
const KILLS = 12;

interface Caller {
  readonly tenant: Tenant;
  readonly key: string;
}

/** One api process that is killed and started again, always at the same port. */
class MortalApi {
  #child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly settings: Record<string, string>,
  ) {}

  static async start(settings: Record<string, string>): Promise<MortalApi> {
    const probe = createServer();
    await once(probe.listen(0, '127.0.0.1'), 'listening');
    const api = new MortalApi((probe.address() as AddressInfo).port, settings);
    await new Promise((resolve) => probe.close(resolve));
    await api.#spawn();
    return api;
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }

  async killAndRestart(): Promise<void> {
    await this.kill();
    await this.#spawn();
  }

  async #spawn(): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM], {
      env: { ...process.env, ...this.settings, PORT: String(this.port), LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the api ended before it served')));
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes('"serving"')) resolve();
      });
    });
  }
}

describe('an Idempotency-Key', () => {
  let test: TestPlatform;
  let api: MortalApi;
  let callers: Caller[];
  const agent = new Agent({ keepAlive: true, maxSockets: 24 });

  beforeAll(async () => {
    test = await TestPlatform.open();
    const tenants = [await test.tenant('row'), await test.tenant('schema')];
    callers = await Promise.all(tenants.map(async (tenant) => ({ tenant, key: await test.apiKey(tenant) })));
    api = await MortalApi.start(await generousPlans());
  });
  afterAll(async () => {
    agent.destroy();
    await api.kill();
    await test.close();
  });

  async function open({ tenant, key }: Caller, idempotencyKey: string): Promise<{ status: number; id?: string; code?: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; id?: string; code?: string }>();
    const asked = request(
      {
        agent,
        host: '127.0.0.1',
        port: api.port,
        method: 'POST',
        path: '/api/tickets',
        headers: {
          host: `${tenant.slug}.localhost`,
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
      },
      (answer) => {
        json(answer).then((body) => {
          const { id, code } = body as { id?: string; code?: string };
          resolve({ status: answer.statusCode ?? 0, ...(id && { id }), ...(code && { code }) });
        }, reject);
      },
    );
    asked.once('error', reject);
    asked.end(JSON.stringify({ title: idempotencyKey }));
    return promise;
  }

  /** Asks until it is answered with the thing that was made, however often the process dies meanwhile. */
  async function insist(caller: Caller, idempotencyKey: string): Promise<string> {
    for (;;) {
      const answer = await open(caller, idempotencyKey).catch(() => ({ status: 0, id: undefined, code: 'connection lost' }));
      if (answer.status === 201 && answer.id) return answer.id;
      if (answer.status !== 0 && ![409, 503].includes(answer.status)) throw new Error(`${answer.status} ${answer.code ?? ''}`);
      await pause(50);
    }
  }

  it(`has one effect and one answer for each of ${KEYS} keys, asked ${REPEATS} times at once while the api is killed`, async () => {
    const keys = Array.from({ length: KEYS }, () => randomUUID());
    const left = keys.flatMap((key) => callers.map((caller) => ({ key, caller })));
    const done = new AbortController();
    const kills = (async () => {
      for (let kill = 0; kill < KILLS && !done.signal.aborted; kill += 1) {
        await pause(randomInt(100, 700));
        await api.killAndRestart();
      }
    })();
    const worker = async (): Promise<void> => {
      for (let next = left.pop(); next; next = left.pop()) {
        const { key, caller } = next;
        const ids = await Promise.all(Array.from({ length: REPEATS }, () => insist(caller, key)));
        expect([key, new Set(ids).size]).toEqual([key, 1]);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker)).finally(async () => {
      done.abort();
      await kills;
    });
    for (const { tenant } of callers) {
      const rows = await new TenantSql(test.platform).run(
        tenant,
        'select count(*)::int as made, count(distinct title)::int as keys from tickets where title = any($1)',
        [keys],
      );
      expect(rows).toEqual([{ made: KEYS, keys: KEYS }]);
    }
  }, 120_000);
});
