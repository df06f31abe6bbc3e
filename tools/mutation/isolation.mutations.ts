import type { Mutation } from './mutation.js';

const MODEL = ['src/kernel/isolation/model.int-spec.ts'];
const POOL = ['src/kernel/isolation/database-pool.int-spec.ts'];
const ATTACKS = ['src/kernel/isolation/attack-list.int-spec.ts'];
const FILTER = { file: 'src/kernel/isolation/tenant-filter.ts', specs: MODEL };
const CONNECTION = { file: 'src/kernel/isolation/tenant-connection.ts', specs: MODEL };
const PROLOGUE = { file: 'src/kernel/isolation/prologue.ts', specs: POOL };
const DATABASE_POOL = { file: 'src/kernel/isolation/database-pool.ts', specs: POOL };
const LEASE = { file: 'src/kernel/isolation/lease.ts', specs: POOL };
const SLOTS = { file: 'src/kernel/isolation/tenant-slots.ts', specs: ['src/kernel/isolation/tenant-slots.spec.ts'] };
const DRIVERS = { file: 'src/kernel/isolation/isolation-drivers.ts', specs: ['src/kernel/isolation/isolation-drivers.spec.ts'] };

/** How a statement reaches its tenant's rows, and what it may leave behind. */
export const ISOLATION_MUTATIONS: readonly Mutation[] = [
  {
    ...FILTER,
    name: 'ORM filter',
    find: 'cond: (bound: { tenantId?: string } | undefined) => ({ tenantId: requireScopeOf(bound?.tenantId) }),',
    replace: 'cond: () => ({}),',
  },
  {
    ...FILTER,
    name: 'ORM stamp',
    find: 'if (row.tenantId !== id) throw',
    replace: `if (row.tenantId === '') throw`,
  },
  { ...FILTER, name: 'an entity manager is flushed for its own tenant', find: '    requireScopeOf(bound?.tenantId);\n', replace: '' },
  {
    name: 'a scope is not opened inside the scope of another tenant',
    file: 'src/kernel/tenancy/tenant-scope.ts',
    find: 'if (outer && outer.tenant.id !== tenant.id) throw new WrongTenantInScopeError(tenant.id, outer.tenant.id);',
    replace: '',
    specs: MODEL,
  },
  {
    ...CONNECTION,
    name: 'a transaction is used by its own tenant',
    find: 'if (scope.id !== this.#tenantId) throw new WrongTenantInScopeError(this.#tenantId, scope.id);',
    replace: '',
  },
  {
    ...CONNECTION,
    name: 'whoever the fence turns away asks again where the tenant is',
    find: 'if (!refusedByFence(error)) throw this.#failure(known, error);',
    replace: 'throw this.#failure(known, error);',
  },
  {
    ...CONNECTION,
    name: 'whoever asks again passes the status gate',
    find: 'requireActive(await this.routing.directory.refresh(known.id))',
    replace: '(await this.routing.directory.refresh(known.id)) ?? known',
  },
  {
    ...CONNECTION,
    name: 'COMMIT that is answered with ROLLBACK is an error',
    find: `if (command === 'ROLLBACK') throw new TransactionRolledBackError();`,
    replace: '',
  },
  {
    name: 'a change of status makes a new epoch',
    file: 'src/catalog/tenants/tenant-registry.ts',
    find: 'placement.epoch += 1;',
    replace: '',
    specs: MODEL,
  },
  {
    name: 'the fence closes with the status',
    file: 'src/adapters/postgres/fence.ts',
    find: `const isOpen = status === 'active';`,
    replace: `const isOpen = status !== 'provisioning';`,
    specs: MODEL,
  },
  {
    ...PROLOGUE,
    name: 'the capability is local to the transaction',
    find: `set_config('tenant.capability', $1, true)`,
    replace: `set_config('tenant.capability', $1, false)`,
  },
  {
    ...PROLOGUE,
    name: 'the search path is local to the transaction',
    find: `set_config('search_path', $2, true)`,
    replace: `set_config('search_path', $2, false)`,
  },
  {
    ...PROLOGUE,
    name: 'the fence is asked before the statement',
    find: 'tenancy.tenant_of($3)',
    replace: 'null',
    specs: ['src/kernel/isolation/prologue.int-spec.ts'],
  },
  {
    ...PROLOGUE,
    name: 'settings of a session are undone behind every statement',
    find: `text: 'reset all'`,
    replace: `text: 'select 1'`,
    specs: ATTACKS,
  },
  {
    name: 'one statement at a time (extended protocol)',
    file: 'src/kernel/isolation/flush-query.ts',
    find: 'requiresPreparation(): boolean {\n    return true;',
    replace: 'requiresPreparation(): boolean {\n    return false;',
    specs: POOL,
  },
  {
    ...LEASE,
    name: 'a connection is not given on after a command that outlives its statement',
    find: `if (query.tag !== '' && !LEAVES_NOTHING`,
    replace: `if (query.tag === 'never' && !LEAVES_NOTHING`,
  },
  {
    ...DATABASE_POOL,
    name: 'a connection is not given on unless it is idle',
    find: 'client.release(!idle);',
    replace: 'client.release(false);',
  },
  {
    ...DATABASE_POOL,
    name: 'a database says whose it is',
    find: 'if (answered !== this.options.owner) throw',
    replace: `if (answered === '') throw`,
  },
  {
    ...DATABASE_POOL,
    name: 'circuit breaker',
    find: 'new ConsecutiveBreaker(BREAKER_OPENS_AFTER_FAILURES)',
    replace: 'new ConsecutiveBreaker(1_000_000)',
  },
  {
    name: 'a login role that was changed is put back',
    file: 'src/kernel/isolation/role-restoration.ts',
    find: `await run('select tenancy.restore_role()');`,
    replace: '',
    specs: ['src/kernel/isolation/login-role.int-spec.ts'],
  },
  {
    ...CONNECTION,
    name: 'what would queue for a table lock is refused before it is sent',
    find: 'refuseWhatLocksFirst(sql);',
    replace: '',
    specs: ['src/kernel/isolation/watchdog.int-spec.ts'],
  },
  {
    name: 'a connection takes a place in the budget',
    file: 'src/kernel/isolation/tenant-client.ts',
    find: 'const release = await this.#reserveSlot();',
    replace: 'const release = () => undefined;',
    specs: POOL,
  },
  {
    name: 'the budget of a server ends',
    file: 'src/adapters/redis/budget-scripts.ts',
    find: `if redis.call('zcard', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end`,
    replace: '',
    specs: ['src/adapters/redis/redis-connection-budget.int-spec.ts'],
  },
  {
    name: 'deadline',
    file: 'src/kernel/isolation/deadline.ts',
    find: 'reject(new StatementDeadlineError(this.milliseconds));',
    replace: '',
    specs: POOL,
  },
  {
    ...LEASE,
    name: 'a connection whose statement still runs is not given on',
    find: 'return !this.#broken && !this.#inFlight;',
    replace: 'return true;',
  },
  {
    ...SLOTS,
    name: "a tenant's share of connections",
    find: 'if (slots.held < this.limits.concurrent) {',
    replace: 'if (slots.held < 1_000) {',
  },
  {
    ...SLOTS,
    name: "a tenant's share of the queue",
    find: 'if (slots.queue.length >= this.limits.waiting) throw new TenantBusyError();',
    replace: '',
  },
  {
    name: 'a secret that was refused is read again',
    file: 'src/kernel/isolation/secret-cache.ts',
    find: 'this.#rereadAt.set(name, Date.now());\n    return this.#read(name);',
    replace: 'return refused;',
    specs: ['src/kernel/isolation/secret-cache.spec.ts'],
  },
  {
    ...DRIVERS,
    name: 'names of schemas are minted',
    find: 'if (!/^[a-z][a-z0-9_]{0,40}$/.test(schema)) throw',
    replace: `if (schema === 'public') throw`,
  },
  {
    ...DRIVERS,
    name: 'no public in the search path',
    find: '`"${schema}", pg_temp`',
    replace: '`"${schema}", public, pg_temp`',
  },
  {
    name: 'isolation: a plan that its table has outgrown is made anew',
    file: 'src/kernel/isolation/tenant-connection.ts',
    find: 'if (isOutgrown(error)) return attempt(known, deadline, true);',
    replace: '',
    specs: ['src/kernel/isolation/outgrown-plan.int-spec.ts'],
  },
  {
    name: 'isolation: an outgrown plan is not kept',
    file: 'src/kernel/isolation/lease.ts',
    find: 'if (isOutgrown(error)) plans.outgrown(searchPath, text);',
    replace: '',
    specs: ['src/kernel/isolation/outgrown-plan.int-spec.ts'],
  },
  {
    name: 'isolation: the ORM names its columns',
    file: 'src/kernel/isolation/binding-driver.ts',
    find: "field === '*' ? (columns as typeof fields) : [field]",
    replace: '[field]',
    specs: ['src/kernel/isolation/outgrown-plan.int-spec.ts'],
  },
];
