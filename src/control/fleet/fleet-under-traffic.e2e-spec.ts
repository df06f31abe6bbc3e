import { HttpDoor, type Caller } from '#testing/faults/http-door.js';
import { Load } from '#testing/faults/load.js';
import { report } from '#testing/faults/report.js';
import { step } from '#testing/fleet/migration-step.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { TIERS } from '#testing/test-platform.js';

describe('a fleet that is migrated while it is used', () => {
  let stage: FleetStage;
  let door: HttpDoor;

  beforeAll(async () => {
    stage = await FleetStage.open(null);
    door = await HttpDoor.on(stage.tests);
  });
  afterAll(async () => {
    await door.close();
    await stage.close();
  });

  it('serves everybody on every tier, before, meanwhile and after, as long as it only expands', async () => {
    const tenants = await Promise.all(TIERS.flatMap((tier) => [stage.tests.tenant(tier), stage.tests.tenant(tier)]));
    const callers = await Promise.all(tenants.map((tenant) => door.caller(tenant)));
    for (const caller of callers) expect((await caller.open()).status).toBe(201);
    const next = stage.release([
      ...stage.tests.platform.homes.line,
      step('0900-wider', [
        'alter table tickets add column spare text',
        `alter table tickets add column counted integer not null default 0`,
      ]),
      step('0901-sorted', ['create index concurrently tickets_spare on tickets (tenant_id, spare)'], { isTransactional: false }),
    ]);
    const load = new Load(callers.map(readingAndWriting));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const run = await next.migrate();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { failures, foreign, answers, p99 } = await load.stop();
    report(`${String(answers.length)} requests while the fleet was migrated: p99 ${p99.toFixed(0)} ms`);
    expect([failures, foreign]).toEqual([[], 0]);
    expect(run).toMatchObject({ state: 'done', version: '0901-sorted', targets: { failed: 0 } });
    expect(answers.length).toBeGreaterThan(callers.length);
  });
});

/** Of every four requests one opens a ticket and one reads it and changes it. */
function readingAndWriting(caller: Caller): Caller {
  let count = 0;
  let newest = '';
  return {
    ...caller,
    list: async () => {
      count += 1;
      if (count % 4 === 2 && newest !== '') return caller.change(newest);
      if (count % 4 !== 0) return caller.list();
      const opened = await caller.open();
      newest = opened.ids[0] ?? '';
      return { ...opened, status: opened.status === 201 ? 200 : opened.status };
    },
  };
}
