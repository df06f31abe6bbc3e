import type { Mutation } from './mutation.js';

const OPERATORS = 'src/control/operators';
const AUTH_SPECS = [`${OPERATORS}/auth/operator-auth.int-spec.ts`];
const IDENTITIES = { file: `${OPERATORS}/auth/operator-identities.ts`, specs: AUTH_SPECS };
const LOGIN = { file: `${OPERATORS}/auth/operator-login.service.ts`, specs: AUTH_SPECS };
const PEOPLE_SPECS = [`${OPERATORS}/people/operators.int-spec.ts`];
const PEOPLE = { file: `${OPERATORS}/people/operators.service.ts`, specs: PEOPLE_SPECS };
const GUARD = { file: 'src/main/http/operator.guard.ts', specs: ['src/main/http/operator.guard.spec.ts'] };
const GATE = { file: 'src/main/http/operator-gate.ts', specs: AUTH_SPECS };
const RIGHTS_SPECS = [`${OPERATORS}/rights/platform-permissions.spec.ts`];
const FLEET = { file: 'src/control/metrics/fleet-iterator.ts', specs: ['src/control/metrics/fleet-iterator.spec.ts'] };
const METRICS_SPECS = ['src/control/metrics/platform-metrics.int-spec.ts'];

/** Who runs the platform, what they may, and what they are told of all tenants. */
export const OPERATORS_MUTATIONS: readonly Mutation[] = [
  {
    ...IDENTITIES,
    name: 'operators: a session that ended opens nothing',
    find: `if (!session || session.isRevoked || session.status !== 'active') return null;`,
    replace: `if (!session || session.status !== 'active') return null;`,
  },
  {
    ...IDENTITIES,
    name: 'operators: who was disabled, and whose session ended with it, opens nothing',
    find: `if (!session || session.isRevoked || session.status !== 'active') return null;`,
    replace: `if (!session) return null;`,
  },
  {
    name: 'operators: an access token is signed',
    file: `${OPERATORS}/auth/operator-access-token.ts`,
    find: `if (!keys.isSigned(PURPOSE, signed.toString('hex'), bytes.subarray(SIGNED_BYTES))) return null;`,
    replace: '',
    specs: AUTH_SPECS,
  },
  {
    name: 'operators: an access token ends',
    file: `${OPERATORS}/auth/operator-access-token.ts`,
    find: 'if (signed.readUIntBE(ID_BYTES, TIME_BYTES) <= now.getTime()) return null;',
    replace: '',
    specs: AUTH_SPECS,
  },
  {
    name: 'operators: a session rests 15 minutes',
    file: `${OPERATORS}/auth/operator-rules.ts`,
    find: 'idleMs: 15 * MINUTE,',
    replace: 'idleMs: 20 * MINUTE,',
    specs: AUTH_SPECS,
  },
  {
    name: 'operators: a session is over after 8 hours',
    file: `${OPERATORS}/auth/operator-rules.ts`,
    find: 'absoluteMs: 8 * 60 * MINUTE,',
    replace: 'absoluteMs: 9 * 60 * MINUTE,',
    specs: AUTH_SPECS,
  },
  {
    ...LOGIN,
    name: 'operators: whoever is not active is not let in',
    find: `const stored = account?.status === 'active' ? account.passwordHash : null;`,
    replace: 'const stored = account?.passwordHash ?? null;',
  },
  {
    name: 'operators: a refresh token is rotated once',
    file: 'src/catalog/operators/operator-tokens.ts',
    find: `      .where('used_at', 'is', null)\n      .returning('session_id')`,
    replace: `      .returning('session_id')`,
    specs: AUTH_SPECS,
  },
  {
    name: 'operators: a link is used once',
    file: 'src/catalog/operators/operator-links.ts',
    find: `      .where('used_at', 'is', null)\n      .where('expires_at', '>', now)\n      .returning('id')`,
    replace: `      .where('expires_at', '>', now)\n      .returning('id')`,
    specs: AUTH_SPECS,
  },
  {
    name: 'operators: a new password ends every session',
    file: `${OPERATORS}/auth/operator-setup.service.ts`,
    find: `const ended = await sessions.end({ operatorId: id }, 'password_changed', now);`,
    replace: 'const ended = 0;',
    specs: AUTH_SPECS,
  },
  {
    name: 'operators: nobody ends the session of another',
    file: 'src/catalog/operators/operator-sessions.ts',
    find: `      .where('operator_id', '=', operatorId)\n      .where('revoked_at', 'is', null);\n    if (only`,
    replace: `      .where('revoked_at', 'is', null);\n    if (only`,
    specs: AUTH_SPECS,
  },
  {
    ...GATE,
    name: 'operators: a change by cookie shows the token of its session',
    find: 'this.options.csrf.ofOperator(request, host, operator.sessionId);',
    replace: '',
  },
  {
    ...GATE,
    name: 'operators: a header that is not right is not made good by a cookie',
    find: 'if (authorization.length > 0) return this.#byHeader(authorization);',
    replace: 'if (authorization.length > 0 && request.headers.cookie === undefined) return this.#byHeader(authorization);',
  },
  {
    name: 'operators: they sign in at their own host',
    file: 'src/main/http/request-gate.ts',
    find: `      case 'operators-public':\n        requirePlatform(host, (name) => name === 'admin');`,
    replace: `      case 'operators-public':`,
    specs: AUTH_SPECS,
  },
  {
    name: 'operators: attempts to sign in have a rate',
    file: 'src/main/http/rate-limit.ts',
    find: `if (routeKindOf(routeOptions.config) !== 'operators-public') return;`,
    replace: 'if (routeOptions.url !== undefined) return;',
    specs: AUTH_SPECS,
  },
  {
    ...GUARD,
    name: 'operators: a route without a permission of theirs is refused',
    find: `if (!isPlatformPermission(door?.permission)) throw`,
    replace: `if (!isPlatformPermission(door?.permission)) return true;\n    if (!door) throw`,
  },
  {
    ...GUARD,
    name: 'operators: their roles decide',
    find: 'if (mayOperate(operator.roles, door.permission)) return true;',
    replace: 'if (operator.roles.length > 0) return true;',
  },
  {
    name: 'operators: an owner is given by owners',
    file: `${OPERATORS}/rights/platform-permissions.ts`,
    find: `(!given.includes('owner') && permissionsOfOperator(given)`,
    replace: `(permissionsOfOperator(given.filter((role) => role !== 'owner'))`,
    specs: RIGHTS_SPECS,
  },
  {
    ...PEOPLE,
    name: 'operators: an owner is left',
    find: '(await book.people.activeOwners()) === 0',
    replace: '(await book.people.activeOwners()) < 0',
  },
  {
    ...PEOPLE,
    name: 'operators: changes of owners wait for each other',
    find: `      await book.people.takeTurn();\n      const before = await held(book, id);\n      match.require(before.version);\n      const { name`,
    replace: `      const before = await find(book, id);\n      match.require(before.version);\n      const { name`,
  },
  {
    ...PEOPLE,
    name: 'operators: a role is given by who has what it gives',
    find: `requireCovered([...before.roles, ...roles]);`,
    replace: 'requireCovered(roles);',
  },
  {
    ...PEOPLE,
    name: 'operators: a link is made by who has what its owner has',
    find: `      requireCovered(roles);\n      if (status === 'disabled') throw new OperatorDisabledError();`,
    replace: `      if (status === 'disabled') throw new OperatorDisabledError();`,
  },
  {
    name: 'operators: the reason of an act is on record',
    file: 'src/main/http/request-origin.ts',
    find: 'reason: reasonOf(body) }',
    replace: 'reason: undefined }',
    specs: PEOPLE_SPECS,
  },
  {
    name: 'operators: who acted is on record',
    file: 'src/catalog/audit/platform-audit.ts',
    find: `...(sessionId && { session: sessionId }) };`,
    replace: '};',
    specs: PEOPLE_SPECS,
  },
  {
    name: 'operators: a cursor of theirs is of one list',
    file: 'src/kernel/plugin/page-cursor.ts',
    find: 'JSON.stringify([owner, list, chosen, text])',
    replace: 'JSON.stringify([owner, chosen, text])',
    specs: PEOPLE_SPECS,
  },
  {
    ...FLEET,
    name: 'operators: a tenant is asked in its own scope',
    find: 'TenantScope.leave(() => TenantScope.run(tenant, () => ask(tenant, over.signal)))',
    replace: 'ask(tenant, over.signal)',
  },
  {
    ...FLEET,
    name: 'operators: a tenant is not waited for longer than for one',
    find: "give({ reason: 'timeout' });",
    replace: '',
  },
  {
    ...FLEET,
    name: 'operators: no more tenants are asked at once than was said',
    find: 'count < atOnce',
    replace: 'count < tenants.length',
  },
  {
    ...FLEET,
    name: 'operators: a tenant that nobody waits for any more counts as one that is asked',
    find: 'await this.#ask(tenant, ask, ',
    replace: 'void this.#ask(tenant, ask, ',
  },
  {
    name: 'operators: a password that is being set is waited for',
    file: 'src/catalog/operators/operator-people.ts',
    find: "select(CARD).where('id', '=', id).forNoKeyUpdate()",
    replace: "select(CARD).where('id', '=', id)",
    specs: PEOPLE_SPECS,
  },
  {
    name: 'operators: a partial answer says that it is one',
    file: 'src/control/metrics/platform-metrics.service.ts',
    find: 'complete: unreachable.length === 0,',
    replace: 'complete: true,',
    specs: METRICS_SPECS,
  },
  {
    name: 'operators: a tenant that was never counted is missing',
    file: 'src/catalog/rollups/tenant-rollups.ts',
    find: 'count(*) filter (where r.tenant_id is null)::text as missing',
    replace: '0::text as missing',
    specs: METRICS_SPECS,
  },
  {
    name: 'operators: a count of before does not overwrite a later one',
    file: 'src/catalog/rollups/tenant-rollups.ts',
    find: '\n       where r.counted_at <= excluded.counted_at',
    replace: '',
    specs: METRICS_SPECS,
  },
];
