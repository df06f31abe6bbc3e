import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * Servers that customers bring, beside those of the file of clusters. The login of the processes may add and take away the former and may not
 * touch the latter, which are provisioning's.
 */
export class OwnClusters0012 extends StepMigration {
  override up(): void {
    this.addSql(`alter table cluster
      add kind text not null default 'shared' check (kind in ('shared', 'own')),
      add tenant_id uuid unique,
      add secret text unique,
      add check ((kind = 'own') = (tenant_id is not null) and (kind = 'own') = (secret is not null))`);
    this.addSql('alter table cluster enable row level security');
    this.addSql('create policy seen on cluster for select using (true)');
    this.addSql(`create policy attached on cluster for insert with check (kind = 'own')`);
    this.addSql(`create policy detached on cluster for delete using (kind = 'own')`);
  }

  override down(): void {
    this.addSql(`delete from cluster where kind = 'own'`);
    this.addSql('drop policy seen on cluster');
    this.addSql('drop policy attached on cluster');
    this.addSql('drop policy detached on cluster');
    this.addSql('alter table cluster disable row level security');
    this.addSql('alter table cluster drop secret, drop tenant_id, drop kind');
  }
}
