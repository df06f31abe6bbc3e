import { StepMigration } from '#adapters/postgres/step-migration.js';

/** When the doctor first saw what belongs to nobody: what is young may be somebody's who is just being made. */
export class Sightings0015 extends StepMigration {
  override up(): void {
    this.addSql(`create table sighting (
      subject text primary key check (char_length(subject) between 1 and 500),
      first_seen_at timestamptz(3) not null,
      last_seen_at timestamptz(3) not null
    )`);
  }

  override down(): void {
    this.addSql('drop table sighting');
  }
}
