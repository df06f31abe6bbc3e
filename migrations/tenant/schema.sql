schema <home> (owner tenantry_owner)
  grant usage to tenantry_auditor
  grant usage to tenantry_tenant

table access_override (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column holder_kind text not null
  column holder text not null
  column permission text not null
  column effect text not null
  column resource_kind text
  column resource_id uuid
  column reason text not null default ''::text
  column expires_at timestamp(3) with time zone
  column created_by uuid
  column created_at timestamp(3) with time zone not null
  constraint access_override_check CHECK (((resource_id IS NULL) OR (resource_kind IS NOT NULL)))
  constraint access_override_effect_check CHECK ((effect = ANY (ARRAY['allow'::text, 'deny'::text])))
  constraint access_override_holder_kind_check CHECK ((holder_kind = ANY (ARRAY['role'::text, 'member'::text, 'machine'::text])))
  constraint access_override_pkey PRIMARY KEY (tenant_id, id)
  CREATE INDEX access_override_holder ON <home>.access_override USING btree (tenant_id, holder_kind, holder)
  CREATE UNIQUE INDEX access_override_pkey ON <home>.access_override USING btree (tenant_id, id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table audit_event (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column seq bigint not null
  column occurred_at timestamp(6) with time zone not null
  column action text not null
  column version integer not null
  column actor jsonb not null
  column actor_id text default (actor ->> 'id'::text)
  column surface text not null
  column request_id text not null
  column trace_id text not null
  column context jsonb not null
  column targets jsonb not null
  column changes jsonb not null
  column details jsonb not null
  column outcome text not null
  column reason text
  column prev_hash bytea not null
  column hash bytea not null
  constraint audit_event_action_check CHECK (((char_length(action) >= 3) AND (char_length(action) <= 100)))
  constraint audit_event_actor_check CHECK ((jsonb_typeof(actor) = 'object'::text))
  constraint audit_event_changes_check CHECK ((jsonb_typeof(changes) = 'array'::text))
  constraint audit_event_context_check CHECK ((jsonb_typeof(context) = 'object'::text))
  constraint audit_event_details_check CHECK ((jsonb_typeof(details) = 'object'::text))
  constraint audit_event_hash_check CHECK ((octet_length(hash) = 32))
  constraint audit_event_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'denied'::text, 'failure'::text])))
  constraint audit_event_pkey PRIMARY KEY (tenant_id, seq)
  constraint audit_event_prev_hash_check CHECK ((octet_length(prev_hash) = 32))
  constraint audit_event_reason_check CHECK ((char_length(reason) <= 2000))
  constraint audit_event_request_id_check CHECK ((char_length(request_id) <= 200))
  constraint audit_event_seq_check CHECK ((seq > 0))
  constraint audit_event_surface_check CHECK ((surface = ANY (ARRAY['http'::text, 'job'::text, 'cli'::text, 'system'::text])))
  constraint audit_event_targets_check CHECK ((jsonb_typeof(targets) = 'array'::text))
  constraint audit_event_trace_id_check CHECK ((char_length(trace_id) <= 100))
  constraint audit_event_version_check CHECK ((version >= 1))
  CREATE INDEX audit_event_action ON <home>.audit_event USING btree (tenant_id, action, seq)
  CREATE INDEX audit_event_actor ON <home>.audit_event USING btree (tenant_id, actor_id, seq)
  CREATE INDEX audit_event_refused ON <home>.audit_event USING btree (tenant_id, outcome, seq) WHERE (outcome <> 'success'::text)
  CREATE INDEX audit_event_time ON <home>.audit_event USING btree (tenant_id, occurred_at)
  CREATE UNIQUE INDEX audit_event_pkey ON <home>.audit_event USING btree (tenant_id, seq)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  trigger CREATE TRIGGER keep BEFORE DELETE OR UPDATE OR TRUNCATE ON <home>.audit_event FOR EACH STATEMENT EXECUTE FUNCTION tenancy.keep_audit()
  trigger CREATE TRIGGER seal BEFORE INSERT ON <home>.audit_event FOR EACH ROW EXECUTE FUNCTION tenancy.seal_audit_event()
  grant insert, select to tenantry_tenant
  grant select to tenantry_auditor

table audit_head (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column seq bigint not null
  column hash bytea not null
  constraint audit_head_hash_check CHECK ((octet_length(hash) = 32))
  constraint audit_head_pkey PRIMARY KEY (tenant_id)
  CREATE UNIQUE INDEX audit_head_pkey ON <home>.audit_head USING btree (tenant_id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  trigger CREATE TRIGGER keep BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON <home>.audit_head FOR EACH STATEMENT EXECUTE FUNCTION tenancy.keep_audit()
  grant select to tenantry_auditor
  grant select to tenantry_tenant

table audit_target (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column target_type text not null
  column target_id text not null
  column seq bigint not null
  constraint audit_target_pkey PRIMARY KEY (tenant_id, target_id, target_type, seq)
  constraint audit_target_target_id_check CHECK ((char_length(target_id) <= 200))
  constraint audit_target_target_type_check CHECK ((char_length(target_type) <= 100))
  CREATE UNIQUE INDEX audit_target_pkey ON <home>.audit_target USING btree (tenant_id, target_id, target_type, seq)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  trigger CREATE TRIGGER keep BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON <home>.audit_target FOR EACH STATEMENT EXECUTE FUNCTION tenancy.keep_audit()
  grant select to tenantry_auditor
  grant select to tenantry_tenant

table company (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column name text not null
  column locale text not null default 'en'::text
  column time_zone text not null default 'UTC'::text
  column version integer not null default 1
  column created_at timestamp(3) with time zone not null
  column updated_at timestamp(3) with time zone not null
  constraint company_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200)))
  constraint company_pkey PRIMARY KEY (tenant_id, id)
  constraint company_tenant_id_key UNIQUE (tenant_id)
  CREATE UNIQUE INDEX company_pkey ON <home>.company USING btree (tenant_id, id)
  CREATE UNIQUE INDEX company_tenant_id_key ON <home>.company USING btree (tenant_id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table idempotency_key (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column principal text not null
  column route text not null
  column key text not null
  column fingerprint text not null
  column status smallint
  column headers jsonb
  column body text
  column created_at timestamp(3) with time zone not null
  column expires_at timestamp(3) with time zone not null
  constraint idempotency_key_pkey PRIMARY KEY (tenant_id, principal, route, key)
  CREATE INDEX idempotency_key_expiry ON <home>.idempotency_key USING btree (tenant_id, expires_at)
  CREATE UNIQUE INDEX idempotency_key_pkey ON <home>.idempotency_key USING btree (tenant_id, principal, route, key)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant

table mail_delivery (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column member_id uuid not null
  column category text not null
  column title text not null
  column body text not null
  column link text
  column token_purpose text
  column token_id uuid
  column dedupe_key text not null
  column state text not null
  column digest_id uuid
  column attempts integer not null default 0
  column error text
  column created_at timestamp(3) with time zone not null
  column sent_at timestamp(3) with time zone
  constraint mail_delivery_body_check CHECK ((char_length(body) <= 2000))
  constraint mail_delivery_category_check CHECK (((char_length(category) >= 1) AND (char_length(category) <= 50)))
  constraint mail_delivery_check CHECK (((token_id IS NULL) = (token_purpose IS NULL)))
  constraint mail_delivery_dedupe_key_check CHECK (((char_length(dedupe_key) >= 1) AND (char_length(dedupe_key) <= 200)))
  constraint mail_delivery_error_check CHECK ((char_length(error) <= 500))
  constraint mail_delivery_link_check CHECK ((char_length(link) <= 500))
  constraint mail_delivery_pkey PRIMARY KEY (tenant_id, id)
  constraint mail_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'gathered'::text, 'digested'::text, 'sent'::text, 'failed'::text, 'dropped'::text])))
  constraint mail_delivery_tenant_id_member_id_dedupe_key_key UNIQUE (tenant_id, member_id, dedupe_key)
  constraint mail_delivery_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES <home>.member(tenant_id, id) ON DELETE CASCADE
  constraint mail_delivery_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 300)))
  constraint mail_delivery_token_purpose_check CHECK ((token_purpose = ANY (ARRAY['setup'::text, 'reset'::text])))
  CREATE INDEX mail_delivery_age ON <home>.mail_delivery USING btree (tenant_id, created_at)
  CREATE INDEX mail_delivery_digest ON <home>.mail_delivery USING btree (tenant_id, digest_id) WHERE (digest_id IS NOT NULL)
  CREATE INDEX mail_delivery_recent ON <home>.mail_delivery USING btree (tenant_id, member_id, category, created_at)
  CREATE UNIQUE INDEX mail_delivery_pkey ON <home>.mail_delivery USING btree (tenant_id, id)
  CREATE UNIQUE INDEX mail_delivery_tenant_id_member_id_dedupe_key_key ON <home>.mail_delivery USING btree (tenant_id, member_id, dedupe_key)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select (attempts, category, created_at, dedupe_key, digest_id, error, id, member_id, sent_at, state, tenant_id, title) to tenantry_auditor

table mail_refusal (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column address text not null
  column reason text not null
  column refused_at timestamp(3) with time zone not null
  constraint mail_refusal_address_check CHECK ((char_length(address) <= 254))
  constraint mail_refusal_pkey PRIMARY KEY (tenant_id, address)
  constraint mail_refusal_reason_check CHECK ((char_length(reason) <= 500))
  CREATE UNIQUE INDEX mail_refusal_pkey ON <home>.mail_refusal USING btree (tenant_id, address)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table member (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column email text not null
  column name text not null
  column status text not null
  column roles text[] not null
  column password_hash text
  column password_changed_at timestamp(3) with time zone
  column version integer not null default 1
  column created_at timestamp(3) with time zone not null
  column updated_at timestamp(3) with time zone not null
  constraint member_email_check CHECK (((email = lower(email)) AND (char_length(email) <= 254)))
  constraint member_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200)))
  constraint member_pkey PRIMARY KEY (tenant_id, id)
  constraint member_roles_check CHECK (((cardinality(roles) >= 1) AND (cardinality(roles) <= 10)))
  constraint member_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'active'::text, 'disabled'::text])))
  constraint member_tenant_id_email_key UNIQUE (tenant_id, email)
  CREATE INDEX member_newest ON <home>.member USING btree (tenant_id, created_at DESC, id DESC)
  CREATE UNIQUE INDEX member_pkey ON <home>.member USING btree (tenant_id, id)
  CREATE UNIQUE INDEX member_tenant_id_email_key ON <home>.member USING btree (tenant_id, email)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select (created_at, email, id, name, password_changed_at, roles, status, tenant_id, updated_at, version) to tenantry_auditor

table member_session (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column member_id uuid not null
  column device text not null
  column user_agent text
  column ip_first text
  column ip_last text
  column created_at timestamp(3) with time zone not null
  column last_seen_at timestamp(3) with time zone not null
  column authenticated_at timestamp(3) with time zone not null
  column idle_expires_at timestamp(3) with time zone not null
  column expires_at timestamp(3) with time zone not null
  column revoked_at timestamp(3) with time zone
  column revoke_reason text
  constraint member_session_pkey PRIMARY KEY (tenant_id, id)
  constraint member_session_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES <home>.member(tenant_id, id) ON DELETE CASCADE
  CREATE INDEX member_session_member ON <home>.member_session USING btree (tenant_id, member_id, created_at DESC)
  CREATE UNIQUE INDEX member_session_pkey ON <home>.member_session USING btree (tenant_id, id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table notification (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column member_id uuid not null
  column category text not null
  column key text not null
  column title text not null
  column body text not null
  column link text
  column severity text not null
  column dedupe_key text not null
  column created_at timestamp(3) with time zone not null
  column read_at timestamp(3) with time zone
  constraint notification_body_check CHECK ((char_length(body) <= 2000))
  constraint notification_category_check CHECK (((char_length(category) >= 1) AND (char_length(category) <= 50)))
  constraint notification_dedupe_key_check CHECK (((char_length(dedupe_key) >= 1) AND (char_length(dedupe_key) <= 200)))
  constraint notification_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 100)))
  constraint notification_link_check CHECK ((char_length(link) <= 500))
  constraint notification_pkey PRIMARY KEY (tenant_id, id)
  constraint notification_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'critical'::text])))
  constraint notification_tenant_id_member_id_created_at_key UNIQUE (tenant_id, member_id, created_at)
  constraint notification_tenant_id_member_id_dedupe_key_key UNIQUE (tenant_id, member_id, dedupe_key)
  constraint notification_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES <home>.member(tenant_id, id) ON DELETE CASCADE
  constraint notification_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 300)))
  CREATE INDEX notification_age ON <home>.notification USING btree (tenant_id, created_at)
  CREATE INDEX notification_unread ON <home>.notification USING btree (tenant_id, member_id, created_at) WHERE (read_at IS NULL)
  CREATE UNIQUE INDEX notification_pkey ON <home>.notification USING btree (tenant_id, id)
  CREATE UNIQUE INDEX notification_tenant_id_member_id_created_at_key ON <home>.notification USING btree (tenant_id, member_id, created_at)
  CREATE UNIQUE INDEX notification_tenant_id_member_id_dedupe_key_key ON <home>.notification USING btree (tenant_id, member_id, dedupe_key)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table notification_preference (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column member_id uuid
  column category text
  column channel text not null
  column enabled boolean not null
  column created_at timestamp(3) with time zone not null
  constraint notification_preference_category_check CHECK (((char_length(category) >= 1) AND (char_length(category) <= 50)))
  constraint notification_preference_channel_check CHECK ((channel = ANY (ARRAY['inbox'::text, 'mail'::text])))
  constraint notification_preference_pkey PRIMARY KEY (tenant_id, id)
  constraint notification_preference_tenant_id_member_id_category_channe_key UNIQUE NULLS NOT DISTINCT (tenant_id, member_id, category, channel)
  constraint notification_preference_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES <home>.member(tenant_id, id) ON DELETE CASCADE
  CREATE UNIQUE INDEX notification_preference_pkey ON <home>.notification_preference USING btree (tenant_id, id)
  CREATE UNIQUE INDEX notification_preference_tenant_id_member_id_category_channe_key ON <home>.notification_preference USING btree (tenant_id, member_id, category, channel) NULLS NOT DISTINCT
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table one_time_token (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column member_id uuid not null
  column purpose text not null
  column expires_at timestamp(3) with time zone not null
  column used_at timestamp(3) with time zone
  column created_at timestamp(3) with time zone not null
  constraint one_time_token_pkey PRIMARY KEY (tenant_id, id)
  constraint one_time_token_purpose_check CHECK ((purpose = ANY (ARRAY['setup'::text, 'reset'::text])))
  constraint one_time_token_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES <home>.member(tenant_id, id) ON DELETE CASCADE
  CREATE INDEX one_time_token_member ON <home>.one_time_token USING btree (tenant_id, member_id)
  CREATE UNIQUE INDEX one_time_token_pkey ON <home>.one_time_token USING btree (tenant_id, id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant

table refresh_token (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column hash text not null
  column session_id uuid not null
  column parent_hash text
  column issued_at timestamp(3) with time zone not null
  column used_at timestamp(3) with time zone
  column replaced_by text
  constraint refresh_token_pkey PRIMARY KEY (tenant_id, hash)
  constraint refresh_token_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES <home>.member_session(tenant_id, id) ON DELETE CASCADE
  CREATE INDEX refresh_token_session ON <home>.refresh_token USING btree (tenant_id, session_id)
  CREATE UNIQUE INDEX refresh_token_pkey ON <home>.refresh_token USING btree (tenant_id, hash)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant

table role (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column key text not null
  column name text not null
  column parents text[] not null default '{}'::text[]
  column permissions text[] not null default '{}'::text[]
  column version integer not null default 1
  column created_at timestamp(3) with time zone not null
  column updated_at timestamp(3) with time zone not null
  constraint role_key_check CHECK (((key ~ '^[a-z][a-z0-9-]{1,48}$'::text) AND (key <> ALL (ARRAY['viewer'::text, 'member'::text, 'admin'::text, 'owner'::text]))))
  constraint role_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
  constraint role_parents_check CHECK ((cardinality(parents) <= 10))
  constraint role_permissions_check CHECK ((cardinality(permissions) <= 200))
  constraint role_pkey PRIMARY KEY (tenant_id, id)
  constraint role_tenant_id_key_key UNIQUE (tenant_id, key)
  CREATE UNIQUE INDEX role_pkey ON <home>.role USING btree (tenant_id, id)
  CREATE UNIQUE INDEX role_tenant_id_key_key ON <home>.role USING btree (tenant_id, key)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table setting (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column key text not null
  column value jsonb
  column until timestamp(3) with time zone
  column version integer not null
  column created_at timestamp(3) with time zone not null
  column updated_at timestamp(3) with time zone not null
  constraint setting_key_check CHECK ((key ~ '^[a-z][a-z0-9-]{0,40}[.][a-z][a-z0-9-]{0,40}$'::text))
  constraint setting_pkey PRIMARY KEY (tenant_id, id)
  constraint setting_tenant_id_key_key UNIQUE (tenant_id, key)
  constraint setting_value_check CHECK ((octet_length((value)::text) <= 32000))
  CREATE UNIQUE INDEX setting_pkey ON <home>.setting USING btree (tenant_id, id)
  CREATE UNIQUE INDEX setting_tenant_id_key_key ON <home>.setting USING btree (tenant_id, key)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table ticket_attachment (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column ticket_id uuid not null
  column name text not null
  column content_type text not null
  column size integer not null
  column sha256 text not null
  column created_by_kind text
  column created_by_id uuid
  column version integer not null default 1
  column created_at timestamp(3) with time zone not null
  column updated_at timestamp(3) with time zone not null
  constraint ticket_attachment_content_type_check CHECK (((char_length(content_type) >= 3) AND (char_length(content_type) <= 200)))
  constraint ticket_attachment_created_by_kind_check CHECK ((created_by_kind = ANY (ARRAY['member'::text, 'machine'::text])))
  constraint ticket_attachment_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200)))
  constraint ticket_attachment_pkey PRIMARY KEY (tenant_id, id)
  constraint ticket_attachment_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
  constraint ticket_attachment_size_check CHECK ((size >= 0))
  constraint ticket_attachment_tenant_id_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES <home>.tickets(tenant_id, id) ON DELETE CASCADE
  constraint ticket_attachment_tenant_id_ticket_id_name_sha256_key UNIQUE (tenant_id, ticket_id, name, sha256)
  CREATE INDEX ticket_attachment_of_ticket ON <home>.ticket_attachment USING btree (tenant_id, ticket_id, created_at, id)
  CREATE UNIQUE INDEX ticket_attachment_pkey ON <home>.ticket_attachment USING btree (tenant_id, id)
  CREATE UNIQUE INDEX ticket_attachment_tenant_id_ticket_id_name_sha256_key ON <home>.ticket_attachment USING btree (tenant_id, ticket_id, name, sha256)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table ticket_comment (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column id uuid not null
  column ticket_id uuid not null
  column body text not null
  column created_by_kind text
  column created_by_id uuid
  column version integer not null default 1
  column created_at timestamp(3) with time zone not null
  column updated_at timestamp(3) with time zone not null
  constraint ticket_comment_body_check CHECK (((char_length(body) >= 1) AND (char_length(body) <= 10000)))
  constraint ticket_comment_created_by_kind_check CHECK ((created_by_kind = ANY (ARRAY['member'::text, 'machine'::text])))
  constraint ticket_comment_pkey PRIMARY KEY (tenant_id, id)
  constraint ticket_comment_tenant_id_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES <home>.tickets(tenant_id, id) ON DELETE CASCADE
  CREATE INDEX ticket_comment_of_ticket ON <home>.ticket_comment USING btree (tenant_id, ticket_id, created_at, id)
  CREATE UNIQUE INDEX ticket_comment_pkey ON <home>.ticket_comment USING btree (tenant_id, id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table ticket_storage (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column bytes bigint not null
  constraint ticket_storage_bytes_check CHECK ((bytes >= 0))
  constraint ticket_storage_pkey PRIMARY KEY (tenant_id)
  CREATE UNIQUE INDEX ticket_storage_pkey ON <home>.ticket_storage USING btree (tenant_id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

table ticket_term (owner tenantry_owner, row security forced)
  column tenant_id uuid not null
  column term text not null
  column created_at timestamp(3) with time zone not null
  column ticket_id uuid not null
  constraint ticket_term_pkey PRIMARY KEY (tenant_id, term, created_at, ticket_id)
  constraint ticket_term_tenant_id_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES <home>.tickets(tenant_id, id) ON DELETE CASCADE
  constraint ticket_term_term_check CHECK ((octet_length(term) <= 300))
  CREATE INDEX ticket_term_of_ticket ON <home>.ticket_term USING btree (tenant_id, ticket_id, term)
  CREATE UNIQUE INDEX ticket_term_pkey ON <home>.ticket_term USING btree (tenant_id, term, created_at, ticket_id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor

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
  column created_by_kind text
  column created_by_id uuid
  column due_order timestamp(3) with time zone not null default COALESCE(due_at, '9999-12-31 23:59:59.999+00'::timestamp with time zone)
  column terms_version smallint
  constraint tickets_created_by_kind_check CHECK ((created_by_kind = ANY (ARRAY['member'::text, 'machine'::text])))
  constraint tickets_description_check CHECK ((char_length(description) <= 20000))
  constraint tickets_pkey PRIMARY KEY (tenant_id, id)
  constraint tickets_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text])))
  constraint tickets_status_check CHECK ((status = ANY (ARRAY['open'::text, 'in_progress'::text, 'completed'::text, 'cancelled'::text])))
  constraint tickets_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
  CREATE INDEX tickets_by_assignee ON <home>.tickets USING btree (tenant_id, assignee_id, created_at DESC, id DESC)
  CREATE INDEX tickets_by_due ON <home>.tickets USING btree (tenant_id, due_order, id)
  CREATE INDEX tickets_by_priority ON <home>.tickets USING btree (tenant_id, priority, created_at DESC, id DESC)
  CREATE INDEX tickets_by_status ON <home>.tickets USING btree (tenant_id, status, created_at DESC, id DESC)
  CREATE INDEX tickets_by_update ON <home>.tickets USING btree (tenant_id, updated_at DESC, id DESC)
  CREATE INDEX tickets_newest ON <home>.tickets USING btree (tenant_id, created_at DESC, id DESC)
  CREATE INDEX tickets_without_terms ON <home>.tickets USING btree (tenant_id, id) WHERE (terms_version IS NULL)
  CREATE UNIQUE INDEX tickets_pkey ON <home>.tickets USING btree (tenant_id, id)
  policy auditor permissive for r to tenantry_auditor using ((tenant_id = ( SELECT tenancy.audited('<home>'::text) AS audited))) with check ()
  policy tenant permissive for * to tenantry_tenant, tenantry_owner, tenantry_sentinel using ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of))) with check ((tenant_id = ( SELECT tenancy.tenant_of('<home>'::text) AS tenant_of)))
  grant delete, insert, select, update to tenantry_tenant
  grant select to tenantry_auditor
