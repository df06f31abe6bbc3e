import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fence } from '#adapters/postgres/fence.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { CapabilityKeys } from '#kernel/isolation/capability-keys.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { AttackStage, codeOf } from '#testing/attacks/attack-stage.js';
import { TIERS } from '#testing/test-platform.js';

describe.each(TIERS)('a capability in the %s tier', (tier) => {
  let stage: AttackStage;

  beforeAll(async () => {
    stage = await AttackStage.open(tier);
  });
  afterAll(() => stage.close());

  const present = (tenant: Tenant, capability: string): Promise<unknown> =>
    stage.sql
      .transaction(tenant, async (run) => {
        await run(`select set_config('tenant.capability', $1, true)`, [capability]);
        return run('select tenant_id from tickets');
      })
      .catch(codeOf);
  const subject = ({ id, placement }: Tenant): { tenantId: string; epoch: number; cluster: string } => ({
    tenantId: id,
    epoch: placement.epoch,
    cluster: placement.cluster,
  });
  const sealed = async (keys: CapabilityKeys, tenant: Tenant): Promise<void> => {
    const { migratorUrl } = stage.test.platform.clusters.find(({ name }) => name === tenant.placement.cluster)!;
    await withSession(atDatabase(String(migratorUrl), tenant.placement.database), (migrator) => new Fence(keys).seal(migrator, tenant));
  };

  it('is the victim’s in no relation that the attacker may read, on the connection the victim has just used (A8, whose pid binding we do not have)', async () => {
    const { me, victim } = stage.targets;
    const readable = await stage.sql.run(
      me,
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'v', 'm', 'p') and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') order by 1`,
    );
    expect(readable.length).toBeGreaterThan(100);
    for (const { name } of readable) {
      await stage.sql.run(victim, 'select title from tickets where title <> $1', ['x']);
      const given = await stage.sql.run(me, `select t::text from ${String(name)} t`).catch((error: unknown) => [{ error: String(error) }]);
      for (const secret of stage.secrets) expect(JSON.stringify(given)).not.toContain(secret);
    }
  });

  it('stands in no log of the servers, also when the statement it came with fails', async () => {
    const { victim } = stage.targets;
    await stage.sql.run(victim, 'select $1::int from tickets', ['a log keeps this statement']).catch(() => []);
    await stage.sql.run(victim, 'selec $1', ['and this']).catch(() => []);
    const log = await readFile(join(String(process.env['TENANTRY_DATA_DIR']), victim.placement.cluster, 'postgres.log'), 'utf8');
    expect(log).toContain('database system is ready');
    for (const secret of stage.secrets) expect(log).not.toContain(secret);
  });

  it('of another tenant opens no home but that tenant’s (A8)', async () => {
    const { me, victim } = stage.targets;
    const stolen = stage.test.platform.keys.present(subject(victim));
    // Rows of one home share it, so there a stolen capability is as good as the tenant's own; elsewhere it is worthless.
    const opened = {
      row: [{ tenant_id: victim.id }, { tenant_id: victim.id }, { tenant_id: victim.id }],
      schema: '42501',
      database: 'TN002',
    };
    expect(await present(me, stolen)).toEqual(opened[tier]);
  });

  it('of an earlier epoch is refused like a forged one, and does not expire by a clock (A9)', async () => {
    const tenant = await stage.test.tenant(tier);
    const old = stage.test.platform.keys.present(subject(tenant));
    const suspended = await stage.test.provisioning.provisioner.setStatus(tenant.id, 'suspended');
    expect(suspended.placement.epoch).toBeGreaterThan(tenant.placement.epoch);
    const presented = [
      await present(stage.targets.me, old),
      await present(stage.targets.me, stage.test.platform.keys.present(subject(suspended))),
    ];
    // The attacker's own database knows of neither; where they share one, the newest is known to be closed.
    expect(presented).toEqual(['TN002', tier === 'database' ? 'TN002' : 'TN003']);
    expect(await stage.sql.run(tenant, 'select * from tickets').catch((error: unknown) => (error as { code: string }).code)).toBe(
      'tenant.suspended',
    );
  });

  it('of a key that is being rotated is accepted, and of a retired key refused (A10)', async () => {
    const { me } = stage.targets;
    const retired = new CapabilityKeys([{ id: 'old', key: randomBytes(32) }]);
    expect(await present(me, retired.present(subject(me)))).toBe('TN002');
    const both = {
      present: (): string => '',
      seals: (of: Parameters<CapabilityKeys['seals']>[0]) => [...stage.test.platform.keys.seals(of), ...retired.seals(of)],
    };
    await sealed(both as unknown as CapabilityKeys, me);
    expect(await present(me, retired.present(subject(me)))).toHaveLength(3);
    await sealed(stage.test.platform.keys, me);
    expect(await present(me, retired.present(subject(me)))).toBe('TN002');
    expect(await present(me, stage.test.platform.keys.present(subject(me)))).toHaveLength(3);
  });

  it('of another cluster is refused', async () => {
    const { me } = stage.targets;
    expect(await present(me, stage.test.platform.keys.present({ ...subject(me), cluster: 'us-east-1' }))).toBe('TN002');
  });
});
