import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LightMyRequestResponse } from 'fastify';
import type { OperatorRole } from '#kernel/plugin/platform-permission.js';
import { OperatorCatalog } from '#catalog/operators/operator-catalog.js';
import { createHttpApp } from '#main/http/http-app.js';
import { PasswordHasher } from '#workspace/members/passwords/password-hasher.js';
import type { RateLimiter } from '#kernel/limits/rate-limiter.js';
import { cookiesOf } from '#testing/member-stage.js';
import { TEST_PASSWORD } from '#testing/members.js';
import { plansWithRate } from '#testing/plans-with-rate.js';
import { TestPlatform } from '#testing/test-platform.js';

type Headers = Readonly<Record<string, string>>;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const UNLIMITED: RateLimiter = { hit: async () => ({ allowed: true, remaining: 1, resetSeconds: 1, isLocal: true }) };
const HOST = { host: 'admin.localhost' };
let hashed: Promise<string> | undefined;
let lastAddress = 0;

/** An operator who is signed in, with what a client would hold. */
export interface TestOperator {
  readonly id: string;
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly csrfToken: string;
  /** For a request with the access token in a header. */
  readonly bearer: Headers;
  /** For a request as a page of the operators' host makes it. */
  readonly browser: Headers;
}

/** The real HTTP application over a platform, with operators who ask it. Its clock can be moved; nothing else's can. */
export class OperatorStage {
  readonly operators: OperatorCatalog;
  #aheadMs = 0;

  private constructor(
    readonly tests: TestPlatform,
    readonly app: NestFastifyApplication,
  ) {
    this.operators = new OperatorCatalog(tests.platform.catalog);
    tests.platform.members.clock.now = () => new Date(Date.now() + this.#aheadMs);
  }

  /** How often somebody may ask is not what is tried here, unless a spec says so. */
  static async open(settings: Record<string, string> = {}, limiter: RateLimiter = UNLIMITED): Promise<OperatorStage> {
    const tests = await TestPlatform.open(settings);
    const platform = { ...tests.platform, limiter, plans: plansWithRate(tests.platform.plans) };
    return new OperatorStage(tests, await createHttpApp(platform));
  }

  /** Lifetimes are looked at from this far ahead from now on. */
  setAhead(milliseconds: number): void {
    this.#aheadMs = milliseconds;
  }

  /** With the operators' token. */
  get token(): Headers {
    return { ...HOST, authorization: `Bearer ${this.tests.platform.config.OPERATOR_TOKEN}` };
  }

  /** From an address of its own, so that the failures of one test are not those of another. */
  ask(method: Method, url: string, headers: Headers = {}, payload?: object): Promise<LightMyRequestResponse> {
    lastAddress += 1;
    const remoteAddress = `10.${lastAddress >> 16}.${(lastAddress >> 8) & 255}.${lastAddress & 255}`;
    return this.app.inject({ method, url, remoteAddress, headers: { ...HOST, ...headers }, ...(payload && { payload }) });
  }

  /** An operator with a password, or one who has not come yet; without a session. */
  async person(roles: readonly OperatorRole[], status: 'active' | 'invited' = 'active'): Promise<{ id: string; email: string }> {
    const email = `op-${randomBytes(6).toString('hex')}@example.test`;
    const made = await this.ask('POST', '/api/platform/operators', this.token, { email, name: email, roles, reason: 'for a spec' });
    const { id } = made.json<{ id: string }>();
    if (status === 'active') {
      hashed ??= new PasswordHasher().hash(TEST_PASSWORD);
      const hash = await hashed;
      await this.operators.once(({ people }) => people.setPassword(id, hash, new Date()));
    }
    return { id, email };
  }

  async signedIn(...roles: OperatorRole[]): Promise<TestOperator> {
    return this.signIn(await this.person(roles));
  }

  login(email: string, password = TEST_PASSWORD, more: object = {}, headers: Headers = {}): Promise<LightMyRequestResponse> {
    return this.ask('POST', '/api/platform/auth/login', headers, { email, password, ...more });
  }

  async signIn({ id, email }: { id: string; email: string }): Promise<TestOperator> {
    const cookies = cookiesOf(await this.login(email));
    const { '__Host-at': accessToken = '', '__Host-rt': refreshToken = '', '__Host-csrf': csrfToken = '' } = cookies;
    return {
      ...{ id, email, accessToken, refreshToken, csrfToken },
      bearer: { ...HOST, authorization: `Bearer ${accessToken}` },
      browser: {
        ...HOST,
        cookie: `__Host-at=${accessToken}; __Host-rt=${refreshToken}; __Host-csrf=${csrfToken}`,
        'x-csrf-token': csrfToken,
        origin: 'http://admin.localhost',
        'sec-fetch-site': 'same-origin',
      },
    };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.tests.close();
  }
}
