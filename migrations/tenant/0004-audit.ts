import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * What was done in a tenant, as a chain of hashes. The order, the time and the hashes are the trigger's (provisioning/tenancy.sql). An event
 * has no unique id of its own: a conflict that is passed over would move the head without an event.
 */
export class Audit0004 extends StepMigration {
  override up(): void {
    this.addSql(`create table audit_event (
      tenant_id uuid not null,
      id uuid not null,
      seq bigint not null check (seq > 0),
      occurred_at timestamptz(6) not null,
      action text not null check (char_length(action) between 3 and 100),
      version integer not null check (version >= 1),
      actor jsonb not null check (jsonb_typeof(actor) = 'object'),
      actor_id text generated always as (actor ->> 'id') stored,
      surface text not null check (surface in ('http', 'job', 'cli', 'system')),
      request_id text not null check (char_length(request_id) <= 200),
      trace_id text not null check (char_length(trace_id) <= 100),
      context jsonb not null check (jsonb_typeof(context) = 'object'),
      targets jsonb not null check (jsonb_typeof(targets) = 'array'),
      changes jsonb not null check (jsonb_typeof(changes) = 'array'),
      details jsonb not null check (jsonb_typeof(details) = 'object'),
      outcome text not null check (outcome in ('success', 'denied', 'failure')),
      reason text check (char_length(reason) <= 2000),
      prev_hash bytea not null check (octet_length(prev_hash) = 32),
      hash bytea not null check (octet_length(hash) = 32),
      primary key (tenant_id, seq)
    )`);
    this.addSql('create index audit_event_time on audit_event (tenant_id, occurred_at)');
    this.addSql('create index audit_event_action on audit_event (tenant_id, action, seq)');
    this.addSql('create index audit_event_actor on audit_event (tenant_id, actor_id, seq)');
    this.addSql(`create index audit_event_refused on audit_event (tenant_id, outcome, seq) where outcome <> 'success'`);
    this.addSql(`create table audit_target (
      tenant_id uuid not null,
      target_type text not null check (char_length(target_type) <= 100),
      target_id text not null check (char_length(target_id) <= 200),
      seq bigint not null,
      primary key (tenant_id, target_id, target_type, seq)
    )`);
    this.addSql(`create table audit_head (
      tenant_id uuid primary key,
      seq bigint not null,
      hash bytea not null check (octet_length(hash) = 32)
    )`);
    this.addSql(`select tenancy.protect('audit_event', 'select, insert')`);
    this.addSql(`select tenancy.protect('audit_target', 'select')`);
    this.addSql(`select tenancy.protect('audit_head', 'select')`);
    this.addSql('create trigger seal before insert on audit_event for each row execute function tenancy.seal_audit_event()');
    for (const [table, kept] of [
      ['audit_event', 'update or delete or truncate'],
      ['audit_target', 'insert or update or delete or truncate'],
      ['audit_head', 'insert or update or delete or truncate'],
    ])
      this.addSql(`create trigger keep before ${kept} on ${table} for each statement execute function tenancy.keep_audit()`);
  }

  override down(): void {
    this.addSql('drop table audit_event, audit_target, audit_head');
  }
}
