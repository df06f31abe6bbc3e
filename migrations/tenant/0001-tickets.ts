import { StepMigration } from '#adapters/postgres/step-migration.js';

/** The first product table. Keys begin with tenant_id; text with a check instead of an enum, whose operators cannot use an index under a policy. */
export class Tickets0001 extends StepMigration {
  override up(): void {
    this.addSql(`create table tickets (
      tenant_id uuid not null,
      id uuid not null,
      title text not null check (char_length(title) between 1 and 200),
      description text not null default '' check (char_length(description) <= 20000),
      status text not null default 'open' check (status in ('open', 'in_progress', 'completed', 'cancelled')),
      priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
      assignee_id uuid,
      labels text[] not null default '{}',
      due_at timestamptz(3),
      version integer not null default 1,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id)
    )`);
    this.addSql(`create index tickets_newest on tickets (tenant_id, created_at desc, id desc)`);
    this.addSql(`create index tickets_by_status on tickets (tenant_id, status, created_at desc, id desc)`);
    this.addSql(`select tenancy.protect('tickets')`);
  }

  override down(): void {
    this.addSql('drop table tickets');
  }
}
