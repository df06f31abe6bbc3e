import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * Takes a tenant's targets out of every run, in the caller's transaction: the run's numbers are those of the targets it still has, and no change
 * of it that was told names them.
 */
export async function eraseFromRuns(em: EntityManager, tenantId: string): Promise<void> {
  // Whoever keeps an outcome holds the run: what is counted after this stays as it is.
  await em.execute(
    'select id from migration_run where id in (select run_id from migration_target where tenant_id = ?) order by id for update',
    [tenantId],
  );
  await em.execute(
    `with named as (
       select run_id, array_agg(target) as targets, count(*) as total, count(*) filter (where state = 'migrated') as migrated,
         count(*) filter (where state = 'failed') as failed, count(*) filter (where state = 'skipped') as skipped
       from migration_target where tenant_id = ? group by run_id
     ), told as (
       update migration_run_event e set what = jsonb_set(e.what, '{failures}', (
         select coalesce(jsonb_agg(f.failure order by f.place), '[]') from jsonb_array_elements(e.what -> 'failures') with ordinality as f (failure, place)
         where f.failure ->> 'target' <> all (n.targets)))
       from named n where e.run_id = n.run_id
         and exists (select from jsonb_array_elements(e.what -> 'failures') f where f ->> 'target' = any (n.targets))
     )
     update migration_run r set total = r.total - n.total, migrated = r.migrated - n.migrated, failed = r.failed - n.failed, skipped = r.skipped - n.skipped
     from named n where r.id = n.run_id`,
    [tenantId],
  );
  await em.execute('delete from migration_target where tenant_id = ?', [tenantId]);
}
