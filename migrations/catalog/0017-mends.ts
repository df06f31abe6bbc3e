import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * A legal hold is in one place. What was used is priced by the terms of its own period. What is in trouble is found by an index, and what was
 * done with is forgotten by one.
 */
export class Mends0017 extends StepMigration {
  /** Processes of before write holds to the columns that go here. */
  override readonly phase = 'contract';
  override readonly isBreaking = true;

  override up(): void {
    this.addSql(`insert into tenant_legal_hold (tenant_id, reason, since, by)
      select tenant_id, legal_hold_reason, legal_hold_since, legal_hold_by from tenant_retention where legal_hold_since is not null
      on conflict do nothing`);
    this.addSql('drop index tenant_retention_due');
    this.addSql(`alter table tenant_retention drop constraint tenant_retention_hold,
      drop column legal_hold_reason, drop column legal_hold_by, drop column legal_hold_since`);
    this.addSql(`create index tenant_retention_due on tenant_retention (due_at) where state = 'kept'`);
    // Without them it is not known what was included then, and nothing is billed.
    this.addSql(`alter table usage_window add column included bigint check (included >= 0),
      add column beyond text check (beyond in ('refuse', 'bill'))`);
    this.addSql(`update billing_subscription
      set told = case told when 'owing-0' then 'owing' when 'owing-3' then 'owing-still' else 'owing-last' end
      where told in ('owing-0', 'owing-3', 'owing-6')`);
    this.addSql(`create index work_troubled on work (created_at) where state in ('failed', 'needs_human')`);
  }

  override down(): void {
    this.addSql('drop index work_troubled');
    this.addSql(`update billing_subscription
      set told = case told when 'owing' then 'owing-0' when 'owing-still' then 'owing-3' else 'owing-6' end
      where told in ('owing', 'owing-still', 'owing-last')`);
    this.addSql('alter table usage_window drop column included, drop column beyond');
    this.addSql('drop index tenant_retention_due');
    this.addSql(`alter table tenant_retention add column legal_hold_reason text check (char_length(legal_hold_reason) between 1 and 2000),
      add column legal_hold_by text check (char_length(legal_hold_by) between 1 and 200), add column legal_hold_since timestamptz(3),
      add constraint tenant_retention_hold check (
        (legal_hold_since is null) = (legal_hold_reason is null) and (legal_hold_since is null) = (legal_hold_by is null))`);
    this.addSql(`update tenant_retention r set legal_hold_reason = h.reason, legal_hold_by = h.by, legal_hold_since = h.since
      from tenant_legal_hold h where h.tenant_id = r.tenant_id`);
    this.addSql(`create index tenant_retention_due on tenant_retention (due_at) where state = 'kept' and legal_hold_since is null`);
  }
}
