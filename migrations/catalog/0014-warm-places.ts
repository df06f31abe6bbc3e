import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * Places that are made before a tenant asks for one: schemas, and databases with their login. A row is somebody's as soon as it is gone from
 * here; its names go to the placement in the same transaction.
 */
export class WarmPlaces0014 extends StepMigration {
  override up(): void {
    this.addSql(`create table warm_place (
      id uuid primary key,
      cluster text not null,
      kind text not null check (kind in ('schema', 'database')),
      database text not null,
      schema text not null,
      secret text,
      version text not null,
      state text not null check (state in ('making', 'ready', 'broken')),
      error text check (char_length(error) <= 500),
      created_at timestamptz(3) not null default clock_timestamp(),
      unique (cluster, database, schema)
    )`);
    this.addSql("create index warm_place_ready on warm_place (cluster, kind, created_at) where state = 'ready'");
  }

  override down(): void {
    this.addSql('drop table warm_place');
  }
}
