import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * Tickets whole: who made them, what is said about them, files with them, and an index for each way to list them. Under a policy an index is
 * used with leakproof operators only, and those of arrays and of text search are not: what a ticket is found by is rows (decision 0009).
 */
export class Tickets0006 extends StepMigration {
  override up(): void {
    this.addSql(`alter table tickets
      add created_by_kind text check (created_by_kind in ('member', 'machine')),
      add created_by_id uuid,
      add due_order timestamptz(3) not null generated always as (coalesce(due_at, timestamptz '9999-12-31 23:59:59.999+00')) stored,
      add terms_version smallint`);
    this.addSql('create index tickets_by_assignee on tickets (tenant_id, assignee_id, created_at desc, id desc)');
    this.addSql('create index tickets_by_priority on tickets (tenant_id, priority, created_at desc, id desc)');
    this.addSql('create index tickets_by_due on tickets (tenant_id, due_order, id)');
    this.addSql('create index tickets_by_update on tickets (tenant_id, updated_at desc, id desc)');
    this.addSql('create index tickets_without_terms on tickets (tenant_id, id) where terms_version is null');
    this.addSql(`create table ticket_term (
      tenant_id uuid not null,
      term text collate "C" not null check (octet_length(term) <= 300),
      created_at timestamptz(3) not null,
      ticket_id uuid not null,
      primary key (tenant_id, term, created_at, ticket_id),
      foreign key (tenant_id, ticket_id) references tickets (tenant_id, id) on delete cascade
    )`);
    this.addSql('create index ticket_term_of_ticket on ticket_term (tenant_id, ticket_id, term)');
    this.addSql(`create table ticket_comment (
      tenant_id uuid not null,
      id uuid not null,
      ticket_id uuid not null,
      body text not null check (char_length(body) between 1 and 10000),
      created_by_kind text check (created_by_kind in ('member', 'machine')),
      created_by_id uuid,
      version integer not null default 1,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, ticket_id) references tickets (tenant_id, id) on delete cascade
    )`);
    this.addSql('create index ticket_comment_of_ticket on ticket_comment (tenant_id, ticket_id, created_at, id)');
    this.addSql(`create table ticket_attachment (
      tenant_id uuid not null,
      id uuid not null,
      ticket_id uuid not null,
      name text not null check (char_length(name) between 1 and 200),
      content_type text not null check (char_length(content_type) between 3 and 200),
      size integer not null check (size >= 0),
      sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
      created_by_kind text check (created_by_kind in ('member', 'machine')),
      created_by_id uuid,
      version integer not null default 1,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      unique (tenant_id, ticket_id, name, sha256),
      foreign key (tenant_id, ticket_id) references tickets (tenant_id, id) on delete cascade
    )`);
    this.addSql('create index ticket_attachment_of_ticket on ticket_attachment (tenant_id, ticket_id, created_at, id)');
    this.addSql(`create table ticket_storage (
      tenant_id uuid primary key,
      bytes bigint not null check (bytes >= 0)
    )`);
    for (const table of ['ticket_term', 'ticket_comment', 'ticket_attachment', 'ticket_storage'])
      this.addSql(`select tenancy.protect('${table}')`);
  }

  override down(): void {
    this.addSql('drop table ticket_storage, ticket_attachment, ticket_comment, ticket_term');
    this.addSql('drop index tickets_by_assignee, tickets_by_priority, tickets_by_due, tickets_by_update, tickets_without_terms');
    this.addSql('alter table tickets drop terms_version, drop due_order, drop created_by_id, drop created_by_kind');
  }
}
