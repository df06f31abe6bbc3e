import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { createHttpApp } from '#main/http/http-app.js';
import { plansWithRate } from '#testing/plans-with-rate.js';
import type { TestPlatform } from '#testing/test-platform.js';

/** What a caller saw of one request. */
export interface Answer {
  readonly status: number;
  /** The problem's code; undefined when all is well. */
  readonly code: string | undefined;
  readonly retryAfter: string | undefined;
  readonly milliseconds: number;
  readonly titles: readonly string[];
  readonly ids: readonly string[];
}

interface Shown {
  readonly id: string;
  readonly title: string;
}

/** One tenant's requests. Its tickets bear its slug as title, so that a foreign one would show. */
export interface Caller {
  readonly tenant: Tenant;
  list(): Promise<Answer>;
  open(): Promise<Answer>;
  /** Reads a ticket and changes it, whichever its version. */
  change(id: string): Promise<Answer>;
}

/** The real HTTP application over a platform, without a socket between. */
export class HttpDoor {
  private constructor(
    private readonly tests: TestPlatform,
    private readonly app: NestFastifyApplication,
  ) {}

  /** With room for any load: what is looked for here is not the rate limits. */
  static async on(tests: TestPlatform): Promise<HttpDoor> {
    const { platform } = tests;
    return new HttpDoor(tests, await createHttpApp({ ...platform, plans: plansWithRate(platform.plans) }));
  }

  /** With a key of its own, and one ticket. */
  async caller(tenant: Tenant): Promise<Caller> {
    const caller = this.callerWith(tenant, await this.tests.apiKey(tenant));
    const { status } = await caller.open();
    if (status !== 201) throw new Error(`the first ticket was answered with ${status}`);
    return caller;
  }

  /** With a key from elsewhere; nothing is asked yet. */
  callerWith(tenant: Tenant, key: string): Caller {
    const headers = { host: `${tenant.slug}.localhost`, 'x-api-key': key };
    return {
      tenant,
      list: () => this.#ask({ method: 'GET', url: '/api/tickets', headers }),
      open: () =>
        this.#ask({
          method: 'POST',
          url: '/api/tickets',
          headers: { ...headers, 'idempotency-key': randomUUID() },
          payload: { title: tenant.slug },
        }),
      change: async (id) => {
        const read = await this.#ask({ method: 'GET', url: `/api/tickets/${id}`, headers });
        if (read.status !== 200) return read;
        return this.#ask({
          method: 'PATCH',
          url: `/api/tickets/${id}`,
          headers: { ...headers, 'if-match': '*' },
          payload: { description: randomUUID() },
        });
      },
    };
  }

  async health(): Promise<{ status: string; checks: Record<string, { status: string }> }> {
    return (await this.app.inject('/health/ready')).json();
  }

  /** Before the platform. */
  close(): Promise<void> {
    return this.app.close();
  }

  async #ask(request: {
    method: 'GET' | 'POST' | 'PATCH';
    url: string;
    headers: Record<string, string>;
    payload?: object;
  }): Promise<Answer> {
    const begun = performance.now();
    const answer = await this.app.inject(request);
    const body = answer.json<{ code?: string; data?: Shown[] } & Partial<Shown>>();
    const shown = body.data ?? (body.id === undefined || body.title === undefined ? [] : [{ id: body.id, title: body.title }]);
    return {
      status: answer.statusCode,
      code: answer.statusCode < 400 ? undefined : body.code,
      retryAfter: answer.headers['retry-after']?.toString(),
      milliseconds: performance.now() - begun,
      titles: shown.map(({ title }) => title),
      ids: shown.map(({ id }) => id),
    };
  }
}
