import type { WorkReport } from '#catalog/work/work-report.js';
import { WorksCheck } from '#control/doctor/checks/works.check.js';
import { ERASE_TENANT, eraseTenant, type EraseInput } from '#control/lifecycle/erasure/erase-tenant.work.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { openErasureDesk } from '#main/open-erasures.js';
import { CANCELLED_AT, ErasureStage } from '#testing/lifecycle/erasure-stage.js';

let stage: ErasureStage;
beforeAll(async () => {
  stage = await ErasureStage.open();
});
afterAll(() => stage.close());
beforeEach(() => stage.setDay(1));

/** As a worker would, by the clock of the spec. */
function drive(id: string): Promise<WorkReport> {
  const { works, log } = stage.tests.platform;
  const kinds = [eraseTenant(stage.eraser())];
  const { signal: handBack } = new AbortController();
  return new WorkDriver(works, new WorkRunner({ book: works, kinds, log, leaseMs: 20_000, handBack, later: () => undefined })).drive(id);
}

const ask = (tenant: Tenant, earlyFor: unknown): Promise<string> => {
  const input = { requestedBy: 'Ada', reason: 'a wish', earlyFor } as EraseInput;
  return stage.tests.platform.works.ask({ kind: ERASE_TENANT, input, tenantId: tenant.id, key: tenant.id });
};
const whyOf = ({ steps }: WorkReport): string | null | undefined => steps.find(({ name }) => name === 'begin')?.error;
const statusOf = async (tenant: Tenant): Promise<string> => (await stage.tests.provisioning.tenants.get(tenant.id)).status;

describe('an erasure that is refused when it is to begin', () => {
  it('is over: nobody tries it again, neither the doctor nor who asks for just that', async () => {
    const { acme, globex } = await stage.pair('row');
    const { lifecycle, works } = stage.tests.platform;
    const id = await openErasureDesk(stage.tests.platform).ask(acme.id, {
      ...{ requestedBy: 'Ada', reason: 'a wish', now: true, confirm: acme.slug },
    });
    await lifecycle.hold(acme.id, { reason: 'a trial' });
    const report = await drive(id);
    expect([report.state, whyOf(report)]).toEqual(['compensated', expect.stringContaining('lifecycle.legal-hold')]);
    await lifecycle.release(acme.id, { reason: 'the trial is over' });
    const troubled = await new WorksCheck(works).look();
    expect(troubled.filter(({ subject }) => subject.includes(acme.id))).toEqual([]);
    await expect(works.retry(id)).rejects.toMatchObject({ code: 'work.state-refused' });
    expect([await statusOf(acme), await statusOf(globex)]).toEqual(['cancelled', 'active']);
  });

  it('and one before its time is good for the cancellation that was confirmed and for no later one', async () => {
    const { acme, globex } = await stage.pair('row');
    const before = new Date(CANCELLED_AT.getTime() - 1).toISOString();
    for (const earlyFor of [before, null, true]) {
      const report = await drive(await ask(acme, earlyFor));
      expect([report.state, whyOf(report)]).toEqual(['compensated', expect.stringContaining('lifecycle.retention-not-over')]);
    }
    expect(await statusOf(acme)).toBe('cancelled');
    const fail = async (tenant: Tenant): Promise<unknown> =>
      stage.catalog(`update work set state = 'failed' where id = ?`, [await ask(tenant, null).then(async (id) => (await drive(id)).id)]);
    await Promise.all([fail(acme), fail(globex)]);
    expect((await drive(await ask(acme, CANCELLED_AT.toISOString()))).state).toBe('done');
    // What once failed for one that is gone is nobody's trouble any more.
    const troubled = (await new WorksCheck(stage.tests.platform.works).look()).map(({ subject }) => subject);
    expect([acme, globex].map(({ id }) => troubled.some((subject) => subject.includes(id)))).toEqual([false, true]);
  });
});
