import { sqlStateOf } from '#kernel/isolation/isolation.errors.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { AttackStage } from '#testing/attacks/attack-stage.js';
import { placesOf } from '#testing/attacks/places.js';
import type { Tier } from '#testing/test-platform.js';

/** What every isolation driver promises, whatever the tier: call it once per tier inside a describe block. */
export function keepsTenantsApart(tier: Tier): void {
  let stage: AttackStage;

  beforeAll(async () => {
    stage = await AttackStage.open(tier);
  });
  afterAll(() => stage.close());

  it('shows a tenant its own rows only', async () => {
    const { me, victim } = stage.targets;
    for (const tenant of [me, victim]) {
      const found = await stage.test.as(tenant, () => stage.test.platform.contexts.open().em.find(Ticket, {}));
      expect(found.map(({ tenantId }) => tenantId)).toEqual([tenant.id, tenant.id, tenant.id]);
    }
  });

  it('shows raw SQL nothing of another tenant', async () => {
    const { me, victim } = stage.targets;
    expect(await stage.sql.run(me, 'select tenant_id from tickets where tenant_id = $1', [victim.id])).toEqual([]);
    expect(await stage.sql.run(me, 'select distinct tenant_id from tickets')).toEqual([{ tenant_id: me.id }]);
  });

  it('refuses a write stamped with another tenant', async () => {
    const { me, victim } = stage.targets;
    const forged = stage.sql.run(
      me,
      `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, gen_random_uuid(), 'forged', now(), now())`,
      [victim.id],
    );
    expect(sqlStateOf(await forged.catch((error: unknown) => error))).toBe('42501');
  });

  it('puts a row where the placement says and nowhere else', async () => {
    const { id, placement } = stage.targets.me;
    const [row] = await stage.sql.run(
      stage.targets.me,
      `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, gen_random_uuid(), 'own 4', now(), now()) returning id`,
      [id],
    );
    expect(await placesOf(stage.test.platform.clusters, String(row?.['id']))).toEqual([
      `${placement.cluster}/${placement.database}/${placement.schema}.tickets`,
    ]);
  });

  it('leaves nothing behind on a pooled connection', async () => {
    const { me, victim } = stage.targets;
    const left = `select pg_backend_pid() as pid, coalesce(current_setting('tenant.capability', true), '') as capability,
      current_setting('search_path') as path, (select count(*)::int from pg_settings where source = 'session' and name <> 'search_path') as settings`;
    const tellsOf = async (): Promise<unknown> => (await stage.sql.run(victim, left))[0];
    const before = await tellsOf();
    await stage.sql.run(me, `select set_config('work_mem', '64kB', false), set_config('tenant.capability', 'mine', false)`);
    await stage.sql.transaction(me, (run) => run('select 1'));
    await stage.sql.transaction(me, (run) => run('select 1 / 0')).catch(() => undefined);
    expect(await tellsOf()).toEqual(before);
    expect(before).toMatchObject({ settings: 0, path: `"${victim.placement.schema}", pg_temp` });
  });
}
