import { StepMigration } from '#adapters/postgres/step-migration.js';

/** What members are told, how they want to be told, and what became of each mail. One member's `created_at` are all different, in the order of the commits. */
export class Notifications0007 extends StepMigration {
  override up(): void {
    this.addSql(`create table notification (
      tenant_id uuid not null,
      id uuid not null,
      member_id uuid not null,
      category text not null check (char_length(category) between 1 and 50),
      key text not null check (char_length(key) between 1 and 100),
      title text not null check (char_length(title) between 1 and 300),
      body text not null check (char_length(body) <= 2000),
      link text check (char_length(link) <= 500),
      severity text not null check (severity in ('info', 'critical')),
      dedupe_key text not null check (char_length(dedupe_key) between 1 and 200),
      created_at timestamptz(3) not null,
      read_at timestamptz(3),
      primary key (tenant_id, id),
      unique (tenant_id, member_id, dedupe_key),
      unique (tenant_id, member_id, created_at),
      foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
    )`);
    this.addSql(`create index notification_unread on notification (tenant_id, member_id, created_at) where read_at is null`);
    this.addSql(`create index notification_age on notification (tenant_id, created_at)`);
    this.addSql(`create table notification_preference (
      tenant_id uuid not null,
      id uuid not null,
      member_id uuid,
      category text check (char_length(category) between 1 and 50),
      channel text not null check (channel in ('inbox', 'mail')),
      enabled boolean not null,
      created_at timestamptz(3) not null,
      primary key (tenant_id, id),
      unique nulls not distinct (tenant_id, member_id, category, channel),
      foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
    )`);
    this.addSql(`create table mail_delivery (
      tenant_id uuid not null,
      id uuid not null,
      member_id uuid not null,
      category text not null check (char_length(category) between 1 and 50),
      title text not null check (char_length(title) between 1 and 300),
      body text not null check (char_length(body) <= 2000),
      link text check (char_length(link) <= 500),
      token_purpose text check (token_purpose in ('setup', 'reset')),
      token_id uuid,
      dedupe_key text not null check (char_length(dedupe_key) between 1 and 200),
      state text not null check (state in ('pending', 'gathered', 'digested', 'sent', 'failed', 'dropped')),
      digest_id uuid,
      attempts integer not null default 0,
      error text check (char_length(error) <= 500),
      created_at timestamptz(3) not null,
      sent_at timestamptz(3),
      primary key (tenant_id, id),
      unique (tenant_id, member_id, dedupe_key),
      check ((token_id is null) = (token_purpose is null)),
      foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
    )`);
    this.addSql(`create index mail_delivery_recent on mail_delivery (tenant_id, member_id, category, created_at)`);
    this.addSql(`create index mail_delivery_digest on mail_delivery (tenant_id, digest_id) where digest_id is not null`);
    this.addSql(`create index mail_delivery_age on mail_delivery (tenant_id, created_at)`);
    this.addSql(`create table mail_refusal (
      tenant_id uuid not null,
      address text not null check (char_length(address) <= 254),
      reason text not null check (char_length(reason) <= 500),
      refused_at timestamptz(3) not null,
      primary key (tenant_id, address)
    )`);
    for (const table of ['notification', 'notification_preference', 'mail_delivery', 'mail_refusal'])
      this.addSql(`select tenancy.protect('${table}')`);
  }

  override down(): void {
    this.addSql('drop table mail_refusal, mail_delivery, notification_preference, notification');
  }
}
