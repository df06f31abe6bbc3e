import type { Mutation } from './mutation.js';

const JOBS = 'src/kernel/jobs';
const DISPATCH = { file: 'provisioning/tenancy.sql', specs: [`${JOBS}/dispatch.int-spec.ts`] };
const RUNNER_SPECS = [`${JOBS}/job-runner.int-spec.ts`];
const RUNNER = { file: `${JOBS}/job-runner.ts`, specs: RUNNER_SPECS };
const ROW = { file: `${JOBS}/job-row.ts`, specs: RUNNER_SPECS };
const OUTBOX_SPECS = ['src/kernel/outbox/outbox.int-spec.ts'];
const OUTBOX = { file: 'src/kernel/outbox/outbox.ts', specs: OUTBOX_SPECS };

/** What is done after a commit: all of it, once, in its order, and by nobody who may not. */
export const WORK_MUTATIONS: readonly Mutation[] = [
  {
    ...DISPATCH,
    name: 'work: a lane waits for the first in it',
    find: `and o.state in ('pending', 'queued', 'running') order by o.seq limit 1) head`,
    replace: `and o.state = 'pending' order by o.seq limit 1) head`,
  },
  {
    ...DISPATCH,
    name: 'work: a tenant has its share under way and no more',
    find: 'limit greatest(0, at_most - (select under_way.count from under_way))',
    replace: 'limit at_most',
  },
  {
    ...DISPATCH,
    name: 'work: what was given out and never begun is given out again',
    find: `(o.state = 'queued' and o.queued_at < clock_timestamp() - again_after) or (o.state = 'running' and o.lease_until < clock_timestamp()))\n    order by`,
    replace: `o.state = 'running' and o.lease_until < clock_timestamp())\n    order by`,
  },
  {
    ...DISPATCH,
    name: 'work: what a worker lost is given out as the next attempt',
    find: `o.attempt + (o.state = 'running')::integer as attempt`,
    replace: 'o.attempt',
  },
  {
    ...DISPATCH,
    name: 'work: what was lost on its last attempt is dead',
    find: `l.state = 'running' and l.lease_until < clock_timestamp() and l.attempt >= l.max_attempts for update`,
    replace: `l.state = 'never' for update`,
  },
  {
    ...DISPATCH,
    name: 'work: a sweep sees what was given out and never begun',
    find: `\n    or exists (select from tenancy.outbox o where o.tenant_id = tenant.id and o.state in ('queued', 'running')\n      and (o.queued_at < now() - again_after or o.lease_until < now()))`,
    replace: '',
  },
  {
    name: 'work: jobs are numbered in the turn',
    file: 'provisioning/tenancy.sql',
    find: '  perform tenancy.take_turn(mine);\n  -- Without a time',
    replace: '  -- Without a time',
    specs: OUTBOX_SPECS,
  },
  { ...OUTBOX, name: 'work: what was asked for under a name is asked for once', find: 'dedupe: dedupe ?? null,', replace: 'dedupe: null,' },
  {
    ...OUTBOX,
    name: 'work: what is to be done is kept with its cause or not at all',
    find: '    transaction.beforeCommit(async () => {',
    replace: '    transaction.afterCommit(async () => {',
  },
  {
    ...RUNNER,
    name: 'work: a job is done in the transaction of its effect',
    find: 'transaction.beforeCommit(() => row.finish());',
    replace: 'transaction.afterCommit(() => row.finish());',
  },
  {
    ...RUNNER,
    name: 'work: a worker that lives keeps its job',
    find: 'void this.#renew(row, delivery, lost)',
    replace: 'undefined',
  },
  {
    ...RUNNER,
    name: 'work: whether its asker may is asked when a job runs',
    find: '      await this.#requireAllowed(kind.job);\n',
    replace: '',
  },
  {
    ...RUNNER,
    name: 'work: a try of a tenant that was suspended is left alone',
    find: `if (tenant?.status !== 'active') return;`,
    replace: 'if (!tenant) return;',
    specs: [`${JOBS}/job-runner.spec.ts`],
  },
  {
    name: 'work: nothing of a suspended tenant is given out',
    file: `${JOBS}/job-dispatcher.ts`,
    find: `if (tenant?.status !== 'active') return;`,
    replace: 'if (!tenant) return;',
    specs: [`${JOBS}/job-dispatcher.spec.ts`],
  },
  { ...ROW, name: 'work: an attempt that was overtaken changes nothing', find: `      .where('attempt', '=', attempt)\n`, replace: '' },
  {
    ...ROW,
    name: 'work: an overtaken try takes no effect',
    find: 'if (numUpdatedRows !== 1n) throw new JobSupersededError(this.delivery.id);',
    replace: 'void numUpdatedRows;',
  },
  {
    name: 'work: what a tenant waits for is not forgotten when it failed',
    file: 'src/catalog/work/work-book.ts',
    find: "(state = 'failed' and tenant_id is null)",
    replace: "state = 'failed'",
    specs: ['src/control/work/work-runner.int-spec.ts'],
  },
  {
    name: 'work: who is at it is not late',
    file: 'src/catalog/work/work-book.ts',
    find: "w.state = 'running' and w.lease_until <",
    replace: "w.state = 'running' and w.due_at <",
    specs: ['src/control/work/work-runner.int-spec.ts'],
  },
];
