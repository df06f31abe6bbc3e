import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { AttackStage } from '#testing/attacks/attack-stage.js';
import { TIERS } from '#testing/test-platform.js';

// No table refers to another yet; one is made for this, in a transaction that is never committed.
describe.each(TIERS)('a foreign key in the %s tier (A28)', (tier) => {
  it('refuses another tenant’s row in the words it has for none at all', async () => {
    const stage = await AttackStage.open(tier);
    const { me, ownTicket, victimTicket } = stage.targets;
    const { cluster, database, schema } = me.placement;
    const { provisionUrl } = stage.test.platform.clusters.find(({ name }) => name === cluster)!;
    const capability = stage.test.platform.keys.present({ tenantId: me.id, epoch: me.placement.epoch, cluster });
    try {
      await withSession(atDatabase(String(provisionUrl), database), async (session) => {
        await session.query('begin');
        await session.query(`set local search_path to "${schema}", pg_temp`);
        await session.query(`create table notes (tenant_id uuid not null, id uuid not null, ticket_id uuid not null, primary key (tenant_id, id),
          constraint of_ticket foreign key (tenant_id, ticket_id) references tickets (tenant_id, id))`);
        await session.query(`select tenancy.protect('notes')`);
        await session.query(`set local role ${tier === 'database' ? `"${database}"` : 'tenantry_app'}`);
        await session.query(`select set_config('tenant.capability', $1, true)`, [capability]);
        const refer = async (ticket: string): Promise<string> => {
          await session.query('savepoint s');
          try {
            await session.query('insert into notes values ($1, gen_random_uuid(), $2)', [me.id, ticket]);
            return 'done';
          } catch (error) {
            const { code, message, detail = '' } = error as { code: string; message: string; detail?: string };
            await session.query('rollback to s');
            return [code, message, detail.replace(ticket, 'T')].join(' ');
          }
        };
        const [own, foreign, none] = [
          await refer(ownTicket),
          await refer(victimTicket),
          await refer('00000000-0000-7000-8000-000000000000'),
        ];
        expect(own).toBe('done');
        expect(foreign).toMatch(/^23503 /);
        expect(foreign).toBe(none);
        await session.query('rollback');
      });
    } finally {
      await stage.close();
    }
  });
});
