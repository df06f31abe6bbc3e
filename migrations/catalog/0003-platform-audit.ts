import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * What operators did, as a chain of hashes like that of a tenant (same canonical form, with the word platform for the tenant), and where the
 * chains of tenants stood when the platform last signed for them.
 */
export class PlatformAudit0003 extends StepMigration {
  override up(): void {
    this.addSql(`create table platform_audit_event (
      id uuid not null,
      seq bigint primary key,
      occurred_at timestamptz(6) not null,
      action text not null check (char_length(action) between 3 and 100),
      version integer not null check (version >= 1),
      actor jsonb not null check (jsonb_typeof(actor) = 'object'),
      surface text not null,
      request_id text not null,
      trace_id text not null,
      context jsonb not null check (jsonb_typeof(context) = 'object'),
      targets jsonb not null check (jsonb_typeof(targets) = 'array'),
      changes jsonb not null check (jsonb_typeof(changes) = 'array'),
      details jsonb not null check (jsonb_typeof(details) = 'object'),
      outcome text not null check (outcome in ('success', 'denied', 'failure')),
      reason text,
      prev_hash bytea not null unique check (octet_length(prev_hash) = 32),
      hash bytea not null check (octet_length(hash) = 32)
    )`);
    this.addSql('create index platform_audit_event_action on platform_audit_event (action, seq)');
    this.addSql('create index platform_audit_event_targets on platform_audit_event using gin (targets jsonb_path_ops)');
    this.addSql(`create table platform_audit_head (
      only_row boolean primary key default true check (only_row),
      seq bigint not null,
      hash bytea not null check (octet_length(hash) = 32)
    )`);
    this.addSql(`create table audit_anchor (
      tenant_id uuid not null,
      seq bigint not null,
      hash bytea not null check (octet_length(hash) = 32),
      taken_at timestamptz(3) not null,
      signature bytea not null check (octet_length(signature) = 64),
      primary key (tenant_id, seq)
    )`);
    this.addSql(`create function platform_audit_hash(variadic fields text[]) returns bytea
      language sql immutable set search_path = pg_catalog, pg_temp as $$
        select sha256(string_agg(coalesce(int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8'), int4send(-1)), '' order by place))
        from unnest(fields) with ordinality as field (value, place)
      $$`);
    this.addSql(`create function seal_platform_audit_event() returns trigger
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare
        head record;
      begin
        perform pg_advisory_xact_lock(hashtextextended('tenantry.platform-audit', 7413));
        select h.seq, h.hash into head from public.platform_audit_head h;
        new.seq := coalesce(head.seq, 0) + 1;
        new.prev_hash := coalesce(head.hash, decode(repeat('00', 32), 'hex'));
        new.occurred_at := clock_timestamp();
        new.hash := public.platform_audit_hash(
          'tenantry.audit.v1', 'platform', new.id::text, new.seq::text,
          to_char(new.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), new.action, new.version::text, new.actor::text, new.surface,
          new.request_id, new.trace_id, new.context::text, new.targets::text, new.changes::text, new.details::text, new.outcome, new.reason,
          encode(new.prev_hash, 'hex'));
        insert into public.platform_audit_head (seq, hash) values (new.seq, new.hash)
        on conflict (only_row) do update set seq = excluded.seq, hash = excluded.hash;
        return new;
      end $$`);
    this.addSql(`create function keep_platform_audit() returns trigger
      language plpgsql set search_path = pg_catalog, pg_temp as $$
      begin
        if tg_op in ('INSERT', 'UPDATE') and pg_trigger_depth() > 1 then return null; end if;
        raise exception 'permission denied: what is on record is not changed' using errcode = '42501';
      end $$`);
    this.addSql('grant usage on schema public to tenantry_sentinel');
    this.addSql('grant select, insert, update on platform_audit_head to tenantry_sentinel');
    this.addSql('alter function seal_platform_audit_event() owner to tenantry_sentinel');
    this.addSql('create trigger seal before insert on platform_audit_event for each row execute function seal_platform_audit_event()');
    for (const [table, kept] of [
      ['platform_audit_event', 'update or delete or truncate'],
      ['platform_audit_head', 'insert or update or delete or truncate'],
      ['audit_anchor', 'update or delete or truncate'],
    ])
      this.addSql(`create trigger keep before ${kept} on ${table} for each statement execute function keep_platform_audit()`);
  }

  override down(): void {
    this.addSql('drop table platform_audit_event, platform_audit_head, audit_anchor');
    this.addSql('drop function seal_platform_audit_event, keep_platform_audit, platform_audit_hash');
  }
}
