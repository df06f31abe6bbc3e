schema <home> (owner tenantry_owner)
  grant usage to tenantry_tenant

table tickets (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column title text not null
  column description text not null default ''::text
  column status text not null default 'open'::text
  column priority text not null default 'normal'::text
  column assignee_id uuid
  column labels text[] not null default '{}'::text[]
  column due_at timestamp(3) with time zone
  column version integer not null default 1
  column created_at timestamp(3) with time zone not null
  column updated_at timestamp(3) with time zone not null
  constraint tickets_description_check CHECK ((char_length(description) <= 20000))
  constraint tickets_pkey PRIMARY KEY (tenant_id, id)
  constraint tickets_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text])))
  constraint tickets_status_check CHECK ((status = ANY (ARRAY['open'::text, 'in_progress'::text, 'completed'::text, 'cancelled'::text])))
  constraint tickets_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
  CREATE INDEX tickets_by_status ON <home>.tickets USING btree (tenant_id, status, created_at DESC, id DESC)
  CREATE INDEX tickets_newest ON <home>.tickets USING btree (tenant_id, created_at DESC, id DESC)
  CREATE UNIQUE INDEX tickets_pkey ON <home>.tickets USING btree (tenant_id, id)
  policy tenant permissive for * to everybody using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
