import type { Mutation } from './mutation.js';

const SUSPENSION = ['src/control/lifecycle/suspension.int-spec.ts'];
const LIFECYCLE = ['src/control/lifecycle/tenant-lifecycle.int-spec.ts'];
const JOBS = ['src/control/lifecycle/suspended-jobs.int-spec.ts'];
const COMMIT = ['src/kernel/isolation/closed-commit.int-spec.ts'];
const RUNNER = 'src/kernel/jobs/job-runner.ts';
const BOOK = 'src/catalog/lifecycle/lifecycle-book.ts';
const RETENTIONS = 'src/catalog/lifecycle/retentions.ts';
const FENCE = 'src/adapters/postgres/fence.ts';

/** What a tenant that is closed may not have any more, and what is kept of it, for how long. */
export const LIFECYCLE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'lifecycle: connections in use are cut when their tenant is closed',
    file: 'src/kernel/isolation/connection-registry.ts',
    find: '(why) => lease.cut(why)',
    replace: '() => undefined',
    specs: SUSPENSION,
  },
  {
    name: 'lifecycle: requests under way are ended when their tenant is closed',
    file: 'src/main/http/closed-tenant-cut.ts',
    find: 'if (request.resolution) holdFor',
    replace: 'if (request.is404) holdFor',
    specs: SUSPENSION,
  },
  {
    name: 'lifecycle: whoever was cut off is told why',
    file: 'src/kernel/isolation/lease.ts',
    find: 'throw this.#cut ?? error;',
    replace: 'throw error;',
    specs: SUSPENSION,
  },
  {
    name: 'lifecycle: sessions of before a suspension are over after it',
    file: FENCE,
    find: "if (wasShutOut && tenant.status === 'active') await",
    replace: "if (!wasShutOut && tenant.status === 'active') await",
    specs: SUSPENSION,
  },
  {
    name: 'lifecycle: also when the suspension never reached the fence',
    file: FENCE,
    find: ' || (closed_as === null && placement.epoch - Number(epoch) >= 2)',
    replace: '',
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: the fence is asked before a commit',
    file: 'src/kernel/isolation/tenant-connection.ts',
    find: '!this.#lease.hasFailed ? stay(this.#home) : []',
    replace: '!this.#lease.hasFailed ? [] : []',
    specs: COMMIT,
  },
  {
    name: 'lifecycle: a running job is stopped with its tenant',
    file: RUNNER,
    find: "closings.hold(TenantScope.require('run a job'), end)",
    replace: "closings.hold(TenantScope.require('run a job'), () => undefined)",
    specs: JOBS,
  },
  {
    name: 'lifecycle: a job that was stopped with its tenant has not failed',
    file: RUNNER,
    find: 'if (await this.#isClosed(delivery, error)) {',
    replace: 'if (!(await this.#isClosed(delivery, error)) && error === null) {',
    specs: JOBS,
  },
  {
    name: 'lifecycle: what the fence closed upon is parked',
    file: 'provisioning/tenancy.sql',
    find: "where o.tenant_id = park.tenant and o.state = 'running' for update skip locked",
    replace: "where o.tenant_id = park.tenant and o.state = 'never' for update skip locked",
    specs: JOBS,
  },
  {
    name: 'lifecycle: the fence follows although whoever changed the catalog was killed',
    file: BOOK,
    find: 'asked.push(await works.enqueue(em, { kind: plans.seal, input: { tenantId }, tenantId, key: tenantId }));',
    replace: 'void em;',
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: a tenant is suspended as long as there is a cause',
    file: BOOK,
    find: "(await Suspensions.of(em, id)).length > 0 ? 'suspended' : 'active'",
    replace: "(await Suspensions.of(em, id)).length > 9 ? 'suspended' : 'active'",
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: a tenant whose erasure has begun does not come back',
    file: BOOK,
    find: "if (retention && retention.state !== 'kept') throw",
    replace: "if (retention && retention.state === 'erased') throw",
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: a second cancellation moves nothing',
    file: BOOK,
    find: "if (known && now === 'cancelled') return",
    replace: "if (known && now !== 'cancelled') return",
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: nothing is due before its day',
    file: RETENTIONS,
    find: 'and due_at <= ?::timestamptz\n         and not exists',
    replace: "and due_at <= ?::timestamptz + interval '30 days'\n         and not exists",
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: what is held is not due',
    file: RETENTIONS,
    find: "state = 'kept' and ${IS_FREE} and due_at <= ?",
    replace: "state = 'kept' and due_at <= ?",
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: who is cancelled stays so for one cause less',
    file: BOOK,
    find: "now === 'cancelled' ? now : await statusBy(em, id)",
    replace: 'await statusBy(em, id)',
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: a warning is given once',
    file: RETENTIONS,
    find: 'and (warned_days is null or warned_days > ?) limit',
    replace: 'and (warned_days is null or warned_days > ? - 100) limit',
    specs: LIFECYCLE,
  },
  {
    name: 'lifecycle: a wish to leave is handed over once',
    file: 'src/control/lifecycle/cancel-tenant.job.ts',
    find: 'TenantScope.leave(() => this.lifecycle.askToCancel(id, `lifecycle.cancel:${id}:${jobId}`))',
    replace: 'TenantScope.leave(() => this.lifecycle.cancel(id, { reason: jobId }).then(() => undefined))',
    specs: ['src/control/lifecycle/cancel-tenant.int-spec.ts'],
  },
];
