import type { Mutation } from './mutation.js';

const ONBOARDING = ['src/control/onboarding/onboarding.int-spec.ts'];
const RUNNER_SPEC = ['src/control/work/work-runner.int-spec.ts'];
const LAYER = ['src/adapters/postgres/postgres-isolation-layer.int-spec.ts'];
const PLACE_STEPS = 'src/control/onboarding/place-steps.ts';
const BILLING_STEPS = 'src/control/onboarding/billing-steps.ts';
const WORK_ROW = 'src/catalog/work/work-row.ts';

/** A tenant is made whole, once and for who asked for it, or nothing of it is there. */
export const ONBOARDING_MUTATIONS: readonly Mutation[] = [
  {
    name: 'onboarding: what is active is never taken back',
    file: 'src/control/work/work-runner.ts',
    find: "  if (isPastPivot(kind, position)) return { ...position, state: 'needs_human', error };\n",
    replace: '',
    specs: ONBOARDING,
  },
  {
    name: 'onboarding: a name is held until it is seen that nothing is left',
    file: PLACE_STEPS,
    find: 'if (remains.length > 0) throw new PlaceNotGoneError(remains);',
    replace: 'void remains; void PlaceNotGoneError;',
    specs: ONBOARDING,
  },
  {
    name: 'onboarding: a database says whose it is before it is used',
    file: 'src/adapters/postgres/database-maker.ts',
    find: 'if (answered?.tenant_id !== tenant.id)',
    replace: 'if (answered === undefined)',
    specs: LAYER,
  },
  {
    name: 'onboarding: a schema is the home of one tenant',
    file: 'src/adapters/postgres/schema-places.ts',
    find: "if (rowCount) throw new IsolationNotVerifiedError(tenant.id, 'its schema is the home of another');",
    replace: 'void rowCount;',
    specs: LAYER,
  },
  {
    name: 'onboarding: what is still being made is waited for before it is taken away',
    file: 'src/adapters/postgres/fence.ts',
    find: "    await turn(migrator, tenant);\n    await migrator.query('delete",
    replace: "    await migrator.query('delete",
    specs: LAYER,
  },
  {
    name: 'onboarding: a secret goes with its database',
    file: 'src/adapters/postgres/database-maker.ts',
    find: '      await this.secrets.delete(secretOf(place));\n',
    replace: '',
    specs: LAYER,
  },
  {
    name: 'onboarding: a customer whose name was lost is found and deleted',
    file: BILLING_STEPS,
    find: '    return (await billing.ensureCustomer({ tenantId: tenantOfWork(work), name, email: adminEmail })).id;',
    replace: '    return await Promise.resolve(name === adminEmail ? name : null);',
    specs: ONBOARDING,
  },
  {
    name: 'onboarding: what billing refuses is not asked for again',
    file: 'src/control/work/work-kind.ts',
    find: '      throw new UnrecoverableWorkError(error.message, { code: error.code, cause: error });',
    replace: '      throw error;',
    specs: ONBOARDING,
  },
  {
    name: 'onboarding: a request that is repeated makes nothing',
    file: 'src/catalog/onboarding/onboarding-book.ts',
    find: 'if (once !== undefined && !(await isFor(em, id, tenant.id))) throw new AskedBefore(id);',
    replace: 'if (once === null && !(await isFor(em, id, tenant.id))) throw new AskedBefore(id);',
    specs: ONBOARDING,
  },
  {
    name: 'onboarding: a work is one worker’s as long as its lease runs',
    file: WORK_ROW,
    find: `or (w.state = 'running' and w.lease_until < clock_timestamp()))\n         returning`,
    replace: `or w.state = 'running')\n         returning`,
    specs: RUNNER_SPEC,
  },
  {
    name: 'onboarding: a try that was overtaken keeps nothing',
    file: WORK_ROW,
    find: `from work where id = ? and attempt = ? and state = 'running' for update`,
    replace: `from work where id = ? and attempt >= ? and state = 'running' for update`,
    specs: RUNNER_SPEC,
  },
];
