import type { Mutation } from './mutation.js';

const GATE = { file: 'src/kernel/idempotency/idempotency-gate.ts', specs: ['src/kernel/idempotency/idempotency-gate.int-spec.ts'] };
const CURSOR = { file: 'src/kernel/plugin/page-cursor.ts', specs: ['src/kernel/plugin/page-cursor.spec.ts'] };
const LIMIT = { file: 'src/main/http/rate-limit.ts', specs: ['src/main/http/rate-limit.spec.ts'] };
const HITS = { file: 'src/adapters/redis/rate-limit-scripts.ts', specs: ['src/adapters/redis/redis-rate-limiter.int-spec.ts'] };

/** What a request is held to: once, in bounds, by the version and the place it names. */
export const API_MUTATIONS: readonly Mutation[] = [
  {
    ...GATE,
    name: 'api: one of all who use a key does the work',
    find: '          where kept.expires_at <= excluded.created_at\n',
    replace: '',
  },
  {
    name: 'api: a key is of one principal and route (index)',
    file: 'migrations/tenant/0005-idempotency.ts',
    find: 'primary key (tenant_id, principal, route, key)',
    replace: 'primary key (tenant_id, principal, route, key, created_at)',
    specs: GATE.specs,
  },
  {
    ...GATE,
    name: 'api: a key is for one request',
    find: 'if (kept.fingerprint !== fingerprint) throw new IdempotencyKeyReusedError();',
    replace: '',
  },
  {
    ...GATE,
    name: 'api: an answer is kept so that the database cannot read it',
    find: 'body: sealText(this.keys, PURPOSE, answer.body, aboutOf(transaction, key)),',
    replace: 'body: answer.body,',
  },
  {
    name: 'api: a key of one principal is not that of another',
    file: 'src/main/http/idempotency.interceptor.ts',
    find: 'principal: principal ? `${principal.kind}:${principal.id}` :',
    replace: `principal: principal ? 'anybody' :`,
    specs: ['src/main/http/idempotency.int-spec.ts'],
  },
  {
    name: 'api: the body is part of what a key is for',
    file: 'src/kernel/idempotency/fingerprint.ts',
    find: 'JSON.stringify([method, path, canonical(body)])',
    replace: 'JSON.stringify([method, path, typeof body])',
    specs: ['src/main/http/idempotency.int-spec.ts'],
  },
  {
    ...CURSOR,
    name: 'api: a cursor is of one tenant',
    find: `JSON.stringify([owner, list, chosen, text])`,
    replace: 'JSON.stringify([list, chosen, text])',
  },
  {
    ...CURSOR,
    name: 'api: a cursor is of one list',
    find: `JSON.stringify([owner, list, chosen, text])`,
    replace: `JSON.stringify([owner, typeof list, chosen, text])`,
  },
  {
    ...CURSOR,
    name: 'api: a cursor is of one filter',
    find: `JSON.stringify([owner, list, chosen, text])`,
    replace: `JSON.stringify([owner, list, typeof chosen, text])`,
  },
  { ...CURSOR, name: 'api: a cursor is signed', find: 'if (!isOurs) throw new CursorInvalidError();', replace: '' },
  {
    ...LIMIT,
    name: 'api: a request over the limit is refused',
    find: 'if (!allowed) throw new RateLimitedError(resetSeconds);',
    replace: '',
  },
  {
    ...LIMIT,
    name: 'api: requests are counted for each tenant',
    find: 'return `{${tenant.id}}:${routeClass}:${who}`;',
    replace: 'return `${routeClass}:${who}`;',
  },
  { ...HITS, name: 'api: the limit is the limit', find: 'if counted + 1 > limit then', replace: 'if counted > limit then' },
  {
    ...HITS,
    name: 'api: the window before counts',
    find: 'local counted = hits + before * (window - passed) / window',
    replace: 'local counted = hits',
  },
  {
    name: 'api: hits are counted and kept in one step',
    file: 'src/adapters/redis/redis-rate-limiter.ts',
    find: 'const answer = await watch.with(() => this.#script.run(redis, [`${prefix}rate:${key}`], args));',
    replace: `const stored = \`\${prefix}rate:\${key}\`;
      const hits = Number(await redis.hget(stored, 'hits')) + 1;
      if (hits <= rate.limit) await redis.hset(stored, 'hits', hits);
      const answer = [Number(hits <= rate.limit), Math.max(0, rate.limit - hits), Number(args[1])];
      void watch;`,
    specs: HITS.specs,
  },
  {
    name: 'api: a change names the version it is of',
    file: 'src/kernel/plugin/if-match.ts',
    find: `if (this.versions !== 'any' && !this.versions.has(current)) throw new StaleVersionError(current);`,
    replace: '',
    specs: ['src/kernel/plugin/if-match.spec.ts'],
  },
  {
    name: 'api: 304 for the version that is known, and no other',
    file: 'src/main/http/conditional-get.ts',
    find: `tag.trim().replace(/^W\\//, '') === etag`,
    replace: `tag !== ''`,
    specs: ['src/main/http/conditional-get.spec.ts'],
  },
  {
    name: 'api: 304 has no body',
    file: 'src/main/http/conditional-get.ts',
    find: 'done(null, isKnown ? null : body);',
    replace: 'done(null, body);',
    specs: ['src/main/http/conditional-get.spec.ts'],
  },
];
