import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LightMyRequestResponse } from 'fastify';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { createHttpApp } from '#main/http/http-app.js';
import { TestMembers } from '#testing/members.js';
import { plansWithRate } from '#testing/plans-with-rate.js';
import { TestPlatform } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

type Headers = Readonly<Record<string, string>>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The real HTTP application over a platform, with people who ask it. Its clock can be moved; nothing else's can. */
export class MemberStage {
  readonly people: TestMembers;
  readonly sql: TenantSql;
  #aheadMs = 0;

  private constructor(
    readonly tests: TestPlatform,
    readonly app: NestFastifyApplication,
  ) {
    this.people = new TestMembers(tests);
    this.sql = new TenantSql(tests.platform);
    tests.platform.members.clock.now = () => new Date(Date.now() + this.#aheadMs);
  }

  static async open(settings: Record<string, string> = {}): Promise<MemberStage> {
    const tests = await TestPlatform.open(settings);
    // How often somebody may ask is not what is tried here.
    return new MemberStage(tests, await createHttpApp({ ...tests.platform, plans: plansWithRate(tests.platform.plans) }));
  }

  /** Lifetimes are looked at from this far ahead from now on. */
  setAhead(milliseconds: number): void {
    this.#aheadMs = milliseconds;
  }

  at(tenant: Tenant): Headers {
    return { host: `${tenant.slug}.localhost` };
  }

  ask(method: Method, url: string, headers: Headers, payload?: object): Promise<LightMyRequestResponse> {
    return this.app.inject({ method, url, headers, ...(payload && { payload }) });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.tests.close();
  }
}

/** What an answer says in short: its status and, of a problem, its code. */
export function shortOf(answer: LightMyRequestResponse): [number, string?] {
  const { statusCode, headers } = answer;
  return headers['content-type']?.toString().startsWith('application/problem')
    ? [statusCode, answer.json<{ code: string }>().code]
    : [statusCode];
}

/** The cookies an answer sets, by name; an empty one is taken away. */
export function cookiesOf({ headers }: LightMyRequestResponse): Record<string, string> {
  const set = [headers['set-cookie'] ?? []].flat();
  return Object.fromEntries(set.map((cookie) => (cookie.split(';')[0] ?? '').split('=') as [string, string]));
}
