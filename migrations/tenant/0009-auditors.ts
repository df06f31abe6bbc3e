import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * Every table that is there gets its policies anew (tenancy.lay_policies), each for its own roles, and is shown to auditors: all but what
 * opens something or is on its way to somebody. A later table is shown unless its own migration says otherwise with tenancy.show_auditors.
 */
export class Auditors0009 extends StepMigration {
  override up(): void {
    this.addSql(`do $$
    declare home text := current_schema();
    declare name text;
    begin
      execute format('grant usage on schema %I to tenantry_auditor', home);
      for name in select format('%I.%I', home, c.relname) from pg_class c where c.relnamespace = home::regnamespace and c.relkind in ('r', 'p') loop
        perform tenancy.lay_policies(name), tenancy.show_auditors(name);
      end loop;
    end $$`);
    for (const table of ['refresh_token', 'one_time_token', 'idempotency_key'])
      this.addSql(`select tenancy.show_auditors('${table}', '{}')`);
    this.addSql(
      `select tenancy.show_auditors('member', '{tenant_id,id,email,name,status,roles,password_changed_at,version,created_at,updated_at}')`,
    );
    this.addSql(`select tenancy.show_auditors('mail_delivery',
      '{tenant_id,id,member_id,category,title,dedupe_key,state,digest_id,attempts,error,created_at,sent_at}')`);
  }

  override down(): void {
    this.addSql(`do $$ begin execute format('revoke all on all tables in schema %I from tenantry_auditor', current_schema()); end $$`);
  }
}
