import fastify, { type FastifyInstance } from 'fastify';
import { LocalRateLimiter } from '#kernel/limits/local-rate-limiter.js';
import type { Rate, RateVerdict } from '#kernel/limits/rate-limiter.js';
import type { Principal } from '#kernel/resolution/principal.js';
import { PlanCatalogue, type PlanTerms } from '#kernel/tenancy/plan-terms.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { RateLimit } from '#main/http/rate-limit.js';
import { declareRequestState } from '#main/http/request-state.js';
import { TrustedProxies } from '#main/http/trusted-proxies.js';

const rateOf = (limit: number): Rate => ({ limit, windowSeconds: 60 });
const TERMS: PlanTerms = {
  isolation: 'row',
  jobWeight: 1,
  rates: { read: rateOf(3), write: rateOf(2), auth: rateOf(1) },
  limits: { customRoles: 0, attachmentsMb: 1, members: 1 },
  meters: {},
  price: null,
  trialDays: 0,
  isSelfService: true,
  features: new Set(),
};

/** Keeps the keys it counted under. */
class RememberingLimiter extends LocalRateLimiter {
  readonly keys: string[] = [];

  override hit(key: string, rate: Rate): Promise<RateVerdict> {
    this.keys.push(key);
    return super.hit(key, rate);
  }
}

describe('the rate limit of a request', () => {
  let instance: FastifyInstance;
  let limiter: RememberingLimiter;
  let principal: Principal | null;

  beforeEach(() => {
    limiter = new RememberingLimiter();
    principal = { kind: 'member', id: 'ada', tenantId: 'id-of-acme', sessionId: null };
    const proxies = new TrustedProxies(['10.0.0.0/8']);
    instance = fastify({ trustProxy: (address) => proxies.include(address) });
    declareRequestState(instance);
    instance.addHook('onRequest', (request, _reply, done) => {
      const slug = request.headers['x-of'];
      if (slug) request.resolution = { tenant: { id: `id-of-${String(slug)}`, plan: 'starter' } as Tenant, principal };
      done();
    });
    new RateLimit({ limiter, plans: new PlanCatalogue(new Map([['starter', TERMS]])) }).guard(instance);
    for (const url of ['/api/tickets', '/api/auth/login', '/api/authors'])
      instance.route({ method: ['GET', 'POST'], url, handler: (_request, reply) => reply.send('') });
  });
  afterEach(() => instance.close());

  const keysOf = async (
    requests: readonly { method?: 'GET' | 'HEAD' | 'POST'; url?: string; headers?: object; from?: string }[],
  ): Promise<string[]> => {
    for (const { method = 'GET', url = '/api/tickets', headers = {}, from = '192.0.2.1' } of requests)
      await instance.inject({ method, url, headers: { 'x-of': 'acme', ...headers }, remoteAddress: from });
    return limiter.keys;
  };

  it('is counted by tenant, route class and principal', async () => {
    const keys = await keysOf([
      {},
      { method: 'HEAD' },
      { method: 'POST' },
      { method: 'POST', url: '/api/auth/login' },
      { url: '/api/authors' },
      { headers: { 'x-of': 'globex' } },
    ]);
    expect(keys).toEqual([
      '{id-of-acme}:read:member:ada',
      '{id-of-acme}:read:member:ada',
      '{id-of-acme}:write:member:ada',
      '{id-of-acme}:auth:member:ada',
      '{id-of-acme}:read:member:ada',
      '{id-of-globex}:read:member:ada',
    ]);
  });

  it('is counted by the network of the peer where nobody is known yet, and a forwarded address counts from a trusted proxy only', async () => {
    principal = null;
    const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' };
    const keys = await keysOf([
      {},
      { from: '2001:db8:1:2::3' },
      { headers },
      { headers, from: '10.1.1.1' },
      { headers: { 'x-forwarded-for': 'nonsense' }, from: '10.1.1.1' },
    ]);
    expect(keys.map((key) => key.split(':peer:')[1])).toEqual(['192.0.2.1', '2001:db8:1:2::/64', '192.0.2.1', '198.51.100.7', 'nonsense']);
  });

  it('is not counted where there is no tenant', async () => {
    const answer = await instance.inject({ url: '/api/tickets' });
    expect([answer.statusCode, answer.headers['ratelimit'], limiter.keys]).toEqual([200, undefined, []]);
  });

  it('is what the plan says for the class, and is told before and after it is used up', async () => {
    const told = async (): Promise<unknown[]> => {
      const { statusCode, headers } = await instance.inject({ method: 'POST', url: '/api/tickets', headers: { 'x-of': 'acme' } });
      return [statusCode < 400, headers['ratelimit-policy'], headers['ratelimit']];
    };
    expect(await told()).toEqual([true, '"write";q=2;w=60', '"write";r=1;t=30']);
    expect(await told()).toEqual([true, '"write";q=2;w=60', expect.stringMatching(/^"write";r=0;t=(59|60)$/)]);
    expect(await told()).toEqual([false, '"write";q=2;w=60', expect.stringMatching(/^"write";r=0;t=(29|30)$/)]);
  });
});
