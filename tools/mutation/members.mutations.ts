import type { Mutation } from './mutation.js';

const MEMBERS = 'src/workspace/members';
const REFRESH_SPECS = [`${MEMBERS}/sessions/refresh.int-spec.ts`];
const REFRESH = { file: `${MEMBERS}/sessions/refresh-exchange.ts`, specs: REFRESH_SPECS };
const REFRESH_STORE = { file: `${MEMBERS}/sessions/member-refresh-store.ts`, specs: REFRESH_SPECS };
const SESSIONS = { file: `${MEMBERS}/sessions/sessions.service.ts`, specs: [`${MEMBERS}/sessions/sessions.int-spec.ts`] };
const LOGIN_SPECS = [`${MEMBERS}/login.int-spec.ts`];
const CHECK = { file: `${MEMBERS}/passwords/password-check.ts`, specs: LOGIN_SPECS };
const LOGIN = { file: `${MEMBERS}/login.service.ts`, specs: LOGIN_SPECS };
const LINK_TOKEN = { file: `${MEMBERS}/links/link-token.ts`, specs: [`${MEMBERS}/links/one-time-links.spec.ts`] };
const LINKS = { file: `${MEMBERS}/links/one-time-links.ts`, specs: [`${MEMBERS}/links/one-time-links.spec.ts`] };
const USERS_SPECS = [`${MEMBERS}/users/users.int-spec.ts`];
const USERS = { file: `${MEMBERS}/users/users.service.ts`, specs: USERS_SPECS };
const FORGERY = { file: 'src/kernel/resolution/forgery-guard.ts', specs: ['src/kernel/resolution/forgery-guard.spec.ts'] };
const CSRF = { file: 'src/main/http/csrf-check.ts', specs: ['src/main/http/csrf-check.int-spec.ts'] };
const TOKEN = { file: 'src/kernel/resolution/access-token.ts', specs: ['src/kernel/resolution/access-token.spec.ts'] };

/** Who somebody is, and how long they are believed. */
export const MEMBERS_MUTATIONS: readonly Mutation[] = [
  {
    ...REFRESH_STORE,
    name: 'members: a refresh token is rotated once',
    find: `        .where('used_at', 'is', null)\n        .returning('session_id')`,
    replace: `        .returning('session_id')`,
  },
  {
    ...REFRESH,
    name: 'members: a refresh token that comes again ends its session',
    find: 'if (now.getTime() - used.usedAt.getTime() > lifetimes.graceMs) {',
    replace: 'if (now.getTime() < used.usedAt.getTime()) {',
  },
  {
    name: 'members: the end of a stolen session is on record',
    file: `${MEMBERS}/sessions/refresh.service.ts`,
    specs: REFRESH_SPECS,
    find: `action: 'session.reuse-detected',`,
    replace: `action: 'session.ended',`,
  },
  {
    ...REFRESH,
    name: 'members: a successor that is used already is not handed out',
    find: `if (used.isSuccessorUsed) return { kind: 'raced' };`,
    replace: '',
  },
  {
    ...REFRESH,
    name: 'members: nobody is renewed who was disabled',
    find: 'return session.isActive && !session.isRevoked',
    replace: 'return !session.isRevoked',
  },
  {
    ...REFRESH,
    name: 'members: a refresh by cookie shows the token of its page',
    find: 'if (forgery) this.parts.forgery.requireToken(',
    replace: 'if (forgery?.token) this.parts.forgery.requireToken(',
  },
  {
    ...SESSIONS,
    name: 'members: a session that goes on under a new id keeps its end',
    find: 'return this.#begin(memberId, now, rowTime(old.expires_at));',
    replace: 'return this.#begin(memberId, now, new Date(now.getTime() + SESSION_LIFETIMES.absoluteMs));',
  },
  {
    ...SESSIONS,
    name: 'members: all processes are told of a session that ended',
    find: 'transaction.afterCommit(() => this.changes.changed(transaction.tenant.id));',
    replace: '',
  },
  {
    ...SESSIONS,
    name: 'members: nobody ends the session of another',
    find: `      .where('member_id', '=', memberId)\n      .where('revoked_at', 'is', null);\n    if (only`,
    replace: `      .where('revoked_at', 'is', null);\n    if (only`,
  },
  {
    name: 'members: an account that is not there costs a comparison too',
    file: `${MEMBERS}/passwords/password-hasher.ts`,
    find: 'this.#done += 1;\n    const isRight',
    replace: 'if (stored === null) return false;\n    this.#done += 1;\n    const isRight',
    specs: LOGIN_SPECS,
  },
  {
    ...LOGIN,
    name: 'members: whoever is not active is not let in',
    find: `const stored = account?.status === 'active' ? account.password_hash : null;`,
    replace: 'const stored = account?.password_hash ?? null;',
  },
  {
    ...CHECK,
    name: 'members: an account that has to wait takes no turn',
    find: 'await this.#requireNoWait(subject);\n    return this.hasher',
    replace: 'return this.hasher',
  },
  {
    ...CHECK,
    name: 'members: a burst of guesses is asked to wait in its turn',
    find: 'inTurn(async (turn) => {\n      await this.#requireNoWait(subject);',
    replace: 'inTurn(async (turn) => {',
  },
  {
    ...LOGIN,
    name: 'members: a password that was changed meanwhile lets nobody in',
    find: `if (current?.status !== 'active' || current.password_hash !== stored) throw new LoginRefusedError();`,
    replace: 'if (!current) throw new LoginRefusedError();',
  },
  {
    ...FORGERY,
    name: 'members: an anti-forgery token is of one session',
    find: 'JSON.stringify([tenantId, sessionId, random])',
    replace: 'JSON.stringify([tenantId, random, typeof sessionId])',
  },
  { ...FORGERY, name: 'members: Sec-Fetch-Site is heeded', find: 'if (isForeign || (origin', replace: 'if ((origin' },
  {
    ...FORGERY,
    name: 'members: a neighbour of the same site is foreign',
    find: `site !== 'none';`,
    replace: `site !== 'none' && site !== 'same-site';`,
  },
  {
    ...CSRF,
    name: 'members: a change by cookie shows the token of its session',
    find: `this.guard.requireToken(session, request.headers['x-csrf-token'] as string | undefined);`,
    replace: '',
  },
  {
    ...CSRF,
    name: 'members: nobody is signed in by a page of somebody else',
    find: 'else this.guard.refuseForeignPage(page);',
    replace: '',
  },
  {
    name: 'members: a cookie that comes twice is not chosen from',
    file: 'src/kernel/resolution/session-cookies.ts',
    find: 'if (seen.has(name)) throw new AmbiguousCredentialsError();',
    replace: '',
    specs: ['src/kernel/resolution/session-cookies.spec.ts'],
  },
  {
    ...TOKEN,
    name: 'members: an access token is for this audience',
    find: '        audience: ACCESS_TOKENS.audience,\n',
    replace: '',
  },
  { ...TOKEN, name: 'members: a token of another type is no access token', find: '        typ: ACCESS_TOKENS.type,\n', replace: '' },
  {
    name: 'members: a link is used once by two at the same moment',
    file: `${MEMBERS}/links/link-desk.ts`,
    find: `      .where('used_at', 'is', null)\n      .where('expires_at', '>', now)`,
    replace: `      .where('expires_at', '>', now)`,
    specs: [`${MEMBERS}/links/links.int-spec.ts`],
  },
  {
    ...LINKS,
    name: 'members: the token of a link is for one purpose',
    find: `return [purpose, TenantScope.require('use a link').id];`,
    replace: `return [typeof purpose, TenantScope.require('use a link').id];`,
  },
  {
    ...LINKS,
    name: 'members: the token of a link is of one tenant',
    find: `return [purpose, TenantScope.require('use a link').id];`,
    replace: `return [purpose, ''];`,
  },
  {
    ...LINK_TOKEN,
    name: 'members: the token of a link is signed',
    find: `if (!keys.isSigned('one-time-link', signed(about, id), bytes.subarray(ID_BYTES))) throw new LinkInvalidError();`,
    replace: '',
  },
  {
    name: 'members: an owner is left',
    file: `${MEMBERS}/users/owners.ts`,
    find: 'if (!isEnough) throw new LastOwnerError();',
    replace: '',
    specs: USERS_SPECS,
  },
  {
    name: 'members: changes of owners wait for each other',
    file: `${MEMBERS}/users/owners.ts`,
    find: `.select('id').forNoKeyUpdate().execute()`,
    replace: `.select('id').execute()`,
    specs: USERS_SPECS,
  },
  {
    ...USERS,
    name: 'members: all processes are told of a role that was taken',
    find: 'if (isRanked) transaction.afterCommit(() => this.changes.changed(tenant.id));',
    replace: '',
  },
  {
    ...USERS,
    name: 'members: a role is given by who has what it gives',
    find: 'if (isRanked) await this.access.requireGrantable([...new Set([...before.roles, ...after.roles])]);',
    replace: '',
  },
  {
    ...USERS,
    name: 'members: who is disabled has no session left',
    find: `await this.sessions.end({ memberId: member.id }, 'disabled');`,
    replace: '',
  },
  {
    ...USERS,
    name: 'members: somebody is removed by who knows their version',
    find: '      match.require(member.version);\n      await this.access.requireGrantable(member.roles);',
    replace: '      await this.access.requireGrantable(member.roles);',
  },
];
