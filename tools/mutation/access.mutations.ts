import type { Mutation } from './mutation.js';

const DECISION = { file: 'src/workspace/access/decision.ts', specs: ['src/workspace/access/decision.spec.ts'] };
const STANDINGS = { file: 'src/workspace/access/standings.ts', specs: ['src/workspace/access/standings.spec.ts'] };
const GUARD = { file: 'src/main/http/access.guard.ts', specs: ['src/main/http/access.guard.spec.ts'] };
const OVER_HTTP = ['src/workspace/access/access.e2e-spec.ts'];

/** Who may do what. */
export const ACCESS_MUTATIONS: readonly Mutation[] = [
  {
    ...DECISION,
    name: 'access: a refusal of one thing wins over what allows it',
    find: `  ['deny-on-resource', lookForDeny((override, question) => override.id !== null && isSameId(override.id, question.id))],\n`,
    replace: '',
  },
  {
    ...DECISION,
    name: 'access: an id written in another way is the same thing',
    file: 'src/workspace/access/resource.ts',
    find: 'return one.toLowerCase() === other?.toLowerCase();',
    replace: 'return one === other;',
  },
  {
    ...DECISION,
    name: 'access: the session is looked at',
    find: `if (kind !== 'member' || !isPresent) return null;`,
    replace: `if (kind === 'member' || !isPresent) return null;`,
  },
  {
    ...DECISION,
    name: 'access: a key has at most what it was made for',
    find: 'if (keyPermissions === null || keyPermissions.includes(name)) return null;',
    replace: 'return null;',
  },
  {
    ...DECISION,
    name: 'access: an override is over at the moment it expires',
    find: 'return expiresAt === null || now < expiresAt;',
    replace: 'return expiresAt === null || now <= expiresAt;',
  },
  {
    ...STANDINGS,
    name: 'access: a key has at most what its maker has now',
    find: 'const known = await this.#ask(tenantId, { memberId: createdBy, machineId: id });',
    replace: 'const known = { ...(await this.#ask(tenantId, { memberId: createdBy, machineId: id })), isActive: true };',
  },
  {
    ...STANDINGS,
    name: 'access: what is known is dropped when others say that it changed',
    find: 'changed: (id) => this.#forget(id), ',
    replace: 'changed: () => undefined, ',
  },
  {
    ...STANDINGS,
    name: 'access: nothing read before a change is remembered after it',
    find: 'load.mayKeep(tenantId)',
    replace: 'load.mayKeep(`${tenantId}!`)',
  },
  {
    ...STANDINGS,
    name: 'access: a member of one tenant is not known as one of another',
    find: 'return `${tenantId}/${memberId}/',
    replace: 'return `${memberId}/',
  },
  {
    ...GUARD,
    name: 'access: a route without a permission is refused',
    find: `if (!door?.permission || isPlatformPermission(door.permission))\n      throw new AccessUndeclaredError(\`\${request.method} \${request.routeOptions.url ?? ''}\`);`,
    replace: 'if (!door?.permission || isPlatformPermission(door.permission)) return true;',
  },
  {
    name: 'access: nobody gives what they lack',
    file: 'src/workspace/access/granting.ts',
    find: 'if (!isActive || isDenied || (keyPermissions && !keyPermissions.includes(name))) return false;',
    replace: 'if (isActive) return true;',
    specs: OVER_HTTP,
  },
];
