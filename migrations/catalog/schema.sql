schema <home> (owner pg_database_owner)
  grant usage to everybody
  grant usage to tenantry_catalog
  grant usage to tenantry_sentinel

table api_key (owner postgres)
  column id uuid not null
  column tenant_id uuid not null
  column name text not null
  column hash text not null
  column created_at timestamp(3) with time zone not null
  column revoked_at timestamp(3) with time zone
  column permissions text[]
  column created_by uuid
  constraint api_key_hash_key UNIQUE (hash)
  constraint api_key_pkey PRIMARY KEY (id)
  constraint api_key_rights CHECK (((created_by IS NULL) OR (permissions IS NOT NULL)))
  constraint api_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  CREATE INDEX api_key_tenant_id ON <home>.api_key USING btree (tenant_id)
  CREATE UNIQUE INDEX api_key_hash_key ON <home>.api_key USING btree (hash)
  CREATE UNIQUE INDEX api_key_pkey ON <home>.api_key USING btree (id)
  grant delete, insert, select, update to tenantry_catalog

table audit_anchor (owner postgres)
  column tenant_id uuid not null
  column seq bigint not null
  column hash bytea not null
  column taken_at timestamp(3) with time zone not null
  column signature bytea not null
  constraint audit_anchor_hash_check CHECK ((octet_length(hash) = 32))
  constraint audit_anchor_pkey PRIMARY KEY (tenant_id, seq)
  constraint audit_anchor_signature_check CHECK ((octet_length(signature) = 64))
  CREATE UNIQUE INDEX audit_anchor_pkey ON <home>.audit_anchor USING btree (tenant_id, seq)
  trigger CREATE TRIGGER keep BEFORE DELETE OR UPDATE OR TRUNCATE ON <home>.audit_anchor FOR EACH STATEMENT EXECUTE FUNCTION <home>.keep_platform_audit()
  grant insert, select to tenantry_catalog

table audit_key (owner postgres)
  column public_key text not null
  column known_since timestamp(3) with time zone not null default clock_timestamp()
  constraint audit_key_pkey PRIMARY KEY (public_key)
  constraint audit_key_public_key_check CHECK (((char_length(public_key) >= 40) AND (char_length(public_key) <= 200)))
  CREATE UNIQUE INDEX audit_key_pkey ON <home>.audit_key USING btree (public_key)
  trigger CREATE TRIGGER keep BEFORE DELETE OR UPDATE OR TRUNCATE ON <home>.audit_key FOR EACH STATEMENT EXECUTE FUNCTION <home>.keep_platform_audit()
  grant select to tenantry_catalog

table auditor (owner postgres)
  column id uuid not null
  column tenant_id uuid not null
  column email text not null
  column role_name text not null
  column reason text not null
  column expires_at timestamp(3) with time zone not null
  column created_at timestamp(3) with time zone not null
  column revoked_at timestamp(3) with time zone
  constraint auditor_email_check CHECK (((char_length(email) >= 3) AND (char_length(email) <= 254)))
  constraint auditor_pkey PRIMARY KEY (id)
  constraint auditor_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000)))
  constraint auditor_role_name_check CHECK ((role_name ~ '^tenantry_a_[0-9a-f]{20}$'::text))
  constraint auditor_role_name_key UNIQUE (role_name)
  constraint auditor_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  constraint auditor_tenant_id_id_key UNIQUE (tenant_id, id)
  CREATE INDEX auditor_due ON <home>.auditor USING btree (expires_at) WHERE (revoked_at IS NULL)
  CREATE UNIQUE INDEX auditor_pkey ON <home>.auditor USING btree (id)
  CREATE UNIQUE INDEX auditor_role_name_key ON <home>.auditor USING btree (role_name)
  CREATE UNIQUE INDEX auditor_tenant_id_id_key ON <home>.auditor USING btree (tenant_id, id)
  grant delete, insert, select, update to tenantry_catalog

table billing_customer (owner postgres)
  column tenant_id uuid not null
  column customer_id text not null
  column created_at timestamp(3) with time zone not null default clock_timestamp()
  constraint billing_customer_customer_id_check CHECK (((char_length(customer_id) >= 1) AND (char_length(customer_id) <= 255)))
  constraint billing_customer_customer_id_key UNIQUE (customer_id)
  constraint billing_customer_pkey PRIMARY KEY (tenant_id)
  constraint billing_customer_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  CREATE UNIQUE INDEX billing_customer_customer_id_key ON <home>.billing_customer USING btree (customer_id)
  CREATE UNIQUE INDEX billing_customer_pkey ON <home>.billing_customer USING btree (tenant_id)
  grant delete, insert, select, update to tenantry_catalog

table billing_subscription (owner postgres)
  column tenant_id uuid not null
  column subscription_id text not null
  column status text not null
  column plan text
  column price_id text not null
  column quantity integer not null
  column amount bigint not null
  column currency text not null
  column interval text not null
  column interval_count integer not null
  column period_start timestamp(3) with time zone not null
  column period_end timestamp(3) with time zone not null
  column trial_end timestamp(3) with time zone
  column cancel_at_period_end boolean not null
  column scheduled jsonb
  column past_due_since timestamp(3) with time zone
  column unpaid_since timestamp(3) with time zone
  column applied text
  column told text
  column fetched_at timestamp(3) with time zone not null
  column version bigint not null
  constraint billing_subscription_applied_check CHECK ((applied = ANY (ARRAY['active'::text, 'suspended'::text, 'cancelled'::text])))
  constraint billing_subscription_interval_check CHECK (("interval" = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'year'::text])))
  constraint billing_subscription_interval_count_check CHECK ((interval_count >= 1))
  constraint billing_subscription_pkey PRIMARY KEY (tenant_id)
  constraint billing_subscription_scheduled_check CHECK ((jsonb_typeof(scheduled) = 'object'::text))
  constraint billing_subscription_status_check CHECK ((status = ANY (ARRAY['incomplete'::text, 'incomplete_expired'::text, 'trialing'::text, 'active'::text, 'past_due'::text, 'canceled'::text, 'unpaid'::text, 'paused'::text])))
  constraint billing_subscription_subscription_id_key UNIQUE (subscription_id)
  constraint billing_subscription_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  constraint billing_subscription_told_check CHECK ((char_length(told) <= 50))
  CREATE INDEX billing_subscription_status ON <home>.billing_subscription USING btree (status) WHERE (status = ANY (ARRAY['past_due'::text, 'unpaid'::text, 'canceled'::text, 'incomplete_expired'::text]))
  CREATE UNIQUE INDEX billing_subscription_pkey ON <home>.billing_subscription USING btree (tenant_id)
  CREATE UNIQUE INDEX billing_subscription_subscription_id_key ON <home>.billing_subscription USING btree (subscription_id)
  grant delete, insert, select, update to tenantry_catalog

table cluster (owner postgres, row security)
  column name text not null
  column region text not null
  column kind text not null default 'shared'::text
  column tenant_id uuid
  column secret text
  constraint cluster_check CHECK ((((kind = 'own'::text) = (tenant_id IS NOT NULL)) AND ((kind = 'own'::text) = (secret IS NOT NULL))))
  constraint cluster_kind_check CHECK ((kind = ANY (ARRAY['shared'::text, 'own'::text])))
  constraint cluster_pkey PRIMARY KEY (name)
  constraint cluster_secret_key UNIQUE (secret)
  constraint cluster_tenant_id_key UNIQUE (tenant_id)
  CREATE UNIQUE INDEX cluster_pkey ON <home>.cluster USING btree (name)
  CREATE UNIQUE INDEX cluster_secret_key ON <home>.cluster USING btree (secret)
  CREATE UNIQUE INDEX cluster_tenant_id_key ON <home>.cluster USING btree (tenant_id)
  policy attached permissive for a to everybody using () with check ((kind = 'own'::text))
  policy detached permissive for d to everybody using ((kind = 'own'::text)) with check ()
  policy seen permissive for r to everybody using (true) with check ()
  grant delete, insert, select to tenantry_catalog

table domain (owner postgres)
  column name text not null
  column tenant_id uuid not null
  column challenge text not null
  column verified_at timestamp(3) with time zone
  constraint domain_pkey PRIMARY KEY (name)
  constraint domain_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  CREATE INDEX domain_tenant_id ON <home>.domain USING btree (tenant_id)
  CREATE UNIQUE INDEX domain_pkey ON <home>.domain USING btree (name)
  grant delete, insert, select, update to tenantry_catalog

table entitlement_override (owner postgres)
  column tenant_id uuid not null
  column key text not null
  column value jsonb not null
  column until timestamp(3) with time zone
  column reason text not null
  column set_by text not null
  column set_at timestamp(3) with time zone not null default clock_timestamp()
  constraint entitlement_override_key_check CHECK (((char_length(key) >= 3) AND (char_length(key) <= 100)))
  constraint entitlement_override_pkey PRIMARY KEY (tenant_id, key)
  constraint entitlement_override_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  constraint entitlement_override_value_check CHECK ((jsonb_typeof(value) = ANY (ARRAY['boolean'::text, 'number'::text])))
  CREATE UNIQUE INDEX entitlement_override_pkey ON <home>.entitlement_override USING btree (tenant_id, key)
  grant delete, insert, select, update to tenantry_catalog

table erasure_certificate (owner postgres)
  column id uuid not null
  column tenant_id uuid not null
  column document text not null
  column signature bytea not null
  column public_key text not null
  column created_at timestamp(3) with time zone not null
  constraint erasure_certificate_document_check CHECK (((char_length(document) >= 2) AND (char_length(document) <= 100000)))
  constraint erasure_certificate_pkey PRIMARY KEY (id)
  constraint erasure_certificate_public_key_check CHECK (((char_length(public_key) >= 40) AND (char_length(public_key) <= 200)))
  constraint erasure_certificate_signature_check CHECK ((octet_length(signature) = 64))
  constraint erasure_certificate_tenant_id_key UNIQUE (tenant_id)
  CREATE UNIQUE INDEX erasure_certificate_pkey ON <home>.erasure_certificate USING btree (id)
  CREATE UNIQUE INDEX erasure_certificate_tenant_id_key ON <home>.erasure_certificate USING btree (tenant_id)
  trigger CREATE TRIGGER keep BEFORE DELETE OR UPDATE OR TRUNCATE ON <home>.erasure_certificate FOR EACH STATEMENT EXECUTE FUNCTION <home>.keep_platform_audit()
  grant insert, select to tenantry_catalog

table home_version (owner postgres)
  column cluster text not null
  column database text not null
  column home text not null
  column version text not null
  column needs text not null default ''::text
  column changed_at timestamp(3) with time zone not null default clock_timestamp()
  constraint home_version_pkey PRIMARY KEY (cluster, database, home)
  CREATE UNIQUE INDEX home_version_pkey ON <home>.home_version USING btree (cluster, database, home)
  grant delete, insert, select, update to tenantry_catalog

CREATE OR REPLACE FUNCTION <home>.keep_platform_audit()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      begin
        if tg_op in ('INSERT', 'UPDATE') and pg_trigger_depth() > 1 then return null; end if;
        raise exception 'permission denied: what is on record is not changed' using errcode = '42501';
      end $function$


table migration (owner postgres)
  column name text not null
  column applied_at timestamp with time zone not null default now()
  constraint migration_pkey PRIMARY KEY (name)
  CREATE UNIQUE INDEX migration_pkey ON <home>.migration USING btree (name)
  grant select to tenantry_catalog

table migration_run (owner postgres)
  column id uuid not null
  column state text not null
  column version text not null
  column wish jsonb not null
  column wave integer not null default 1
  column total integer not null default 0
  column migrated integer not null default 0
  column failed integer not null default 0
  column skipped integer not null default 0
  column requested_by text not null
  column reason text
  column created_at timestamp(3) with time zone not null default clock_timestamp()
  column finished_at timestamp(3) with time zone
  column once text
  column fingerprint text
  column events integer not null default 0
  constraint migration_run_pkey PRIMARY KEY (id)
  constraint migration_run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'paused'::text, 'stopped'::text, 'aborted'::text, 'failed'::text, 'done'::text])))
  constraint migration_run_wish_check CHECK ((jsonb_typeof(wish) = 'object'::text))
  CREATE INDEX migration_run_age ON <home>.migration_run USING btree (created_at)
  CREATE UNIQUE INDEX migration_run_once ON <home>.migration_run USING btree (once) WHERE (once IS NOT NULL)
  CREATE UNIQUE INDEX migration_run_open ON <home>.migration_run USING btree ((true)) WHERE (state = ANY (ARRAY['running'::text, 'paused'::text, 'stopped'::text]))
  CREATE UNIQUE INDEX migration_run_pkey ON <home>.migration_run USING btree (id)
  grant delete, insert, select, update to tenantry_catalog

table migration_run_event (owner postgres)
  column run_id uuid not null
  column seq integer not null
  column at timestamp(3) with time zone not null default clock_timestamp()
  column what jsonb not null
  constraint migration_run_event_pkey PRIMARY KEY (run_id, seq)
  constraint migration_run_event_run_id_fkey FOREIGN KEY (run_id) REFERENCES <home>.migration_run(id) ON DELETE CASCADE
  constraint migration_run_event_what_check CHECK ((jsonb_typeof(what) = 'object'::text))
  CREATE UNIQUE INDEX migration_run_event_pkey ON <home>.migration_run_event USING btree (run_id, seq)
  grant delete, insert, select, update to tenantry_catalog

table migration_target (owner postgres)
  column run_id uuid not null
  column target text not null
  column cluster text not null
  column database text not null
  column home text not null
  column tier text not null
  column tenant_id uuid
  column wave integer not null
  column state text not null default 'pending'::text
  column holder text
  column tries integer not null default 0
  column due_at timestamp(3) with time zone not null default clock_timestamp()
  column error text
  column finished_at timestamp(3) with time zone
  column is_checked boolean not null default true
  constraint migration_target_error_check CHECK ((char_length(error) <= 500))
  constraint migration_target_pkey PRIMARY KEY (run_id, target)
  constraint migration_target_run_id_fkey FOREIGN KEY (run_id) REFERENCES <home>.migration_run(id) ON DELETE CASCADE
  constraint migration_target_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'migrated'::text, 'failed'::text, 'skipped'::text])))
  constraint migration_target_tier_check CHECK ((tier = ANY (ARRAY['row'::text, 'schema'::text, 'database'::text])))
  CREATE INDEX migration_target_failed ON <home>.migration_target USING btree (run_id, target) WHERE (state = ANY (ARRAY['failed'::text, 'skipped'::text]))
  CREATE INDEX migration_target_open ON <home>.migration_target USING btree (run_id, wave, cluster, database, home) WHERE (state = ANY (ARRAY['pending'::text, 'running'::text]))
  CREATE INDEX migration_target_unchecked ON <home>.migration_target USING btree (run_id, cluster, database, home) WHERE ((state = 'migrated'::text) AND (NOT is_checked))
  CREATE UNIQUE INDEX migration_target_pkey ON <home>.migration_target USING btree (run_id, target)
  grant delete, insert, select, update to tenantry_catalog

table operator (owner postgres)
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
  constraint operator_check CHECK (((status <> 'active'::text) OR (password_hash IS NOT NULL)))
  constraint operator_email_check CHECK (((email = lower(email)) AND ((char_length(email) >= 3) AND (char_length(email) <= 254))))
  constraint operator_email_key UNIQUE (email)
  constraint operator_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200)))
  constraint operator_pkey PRIMARY KEY (id)
  constraint operator_roles_check CHECK ((((cardinality(roles) >= 1) AND (cardinality(roles) <= 5)) AND (roles <@ ARRAY['support'::text, 'operator'::text, 'billing'::text, 'security'::text, 'owner'::text])))
  constraint operator_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'active'::text, 'disabled'::text])))
  CREATE INDEX operator_newest ON <home>.operator USING btree (created_at DESC, id DESC)
  CREATE UNIQUE INDEX operator_email_key ON <home>.operator USING btree (email)
  CREATE UNIQUE INDEX operator_pkey ON <home>.operator USING btree (id)
  grant delete, insert, select, update to tenantry_catalog

table operator_link (owner postgres)
  column id uuid not null
  column operator_id uuid not null
  column expires_at timestamp(3) with time zone not null
  column used_at timestamp(3) with time zone
  column created_at timestamp(3) with time zone not null
  constraint operator_link_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES <home>.operator(id) ON DELETE CASCADE
  constraint operator_link_pkey PRIMARY KEY (id)
  CREATE INDEX operator_link_operator ON <home>.operator_link USING btree (operator_id)
  CREATE UNIQUE INDEX operator_link_pkey ON <home>.operator_link USING btree (id)
  grant delete, insert, select, update to tenantry_catalog

table operator_refresh_token (owner postgres)
  column hash text not null
  column session_id uuid not null
  column parent_hash text
  column issued_at timestamp(3) with time zone not null
  column used_at timestamp(3) with time zone
  column replaced_by text
  constraint operator_refresh_token_pkey PRIMARY KEY (hash)
  constraint operator_refresh_token_session_id_fkey FOREIGN KEY (session_id) REFERENCES <home>.operator_session(id) ON DELETE CASCADE
  CREATE INDEX operator_refresh_token_session ON <home>.operator_refresh_token USING btree (session_id)
  CREATE UNIQUE INDEX operator_refresh_token_pkey ON <home>.operator_refresh_token USING btree (hash)
  grant delete, insert, select, update to tenantry_catalog

table operator_session (owner postgres)
  column id uuid not null
  column operator_id uuid not null
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
  constraint operator_session_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES <home>.operator(id) ON DELETE CASCADE
  constraint operator_session_pkey PRIMARY KEY (id)
  CREATE INDEX operator_session_operator ON <home>.operator_session USING btree (operator_id, created_at DESC)
  CREATE UNIQUE INDEX operator_session_pkey ON <home>.operator_session USING btree (id)
  grant delete, insert, select, update to tenantry_catalog

table placement (owner postgres)
  column tenant_id uuid not null
  column kind text not null
  column region text not null
  column cluster text not null
  column database text not null
  column schema text not null
  column secret text
  column epoch bigint not null
  constraint placement_cluster_fkey FOREIGN KEY (cluster) REFERENCES <home>.cluster(name)
  constraint placement_kind_check CHECK ((kind = ANY (ARRAY['row'::text, 'schema'::text, 'database'::text])))
  constraint placement_pkey PRIMARY KEY (tenant_id)
  constraint placement_secret_key UNIQUE (secret)
  constraint placement_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  CREATE UNIQUE INDEX placement_home ON <home>.placement USING btree (cluster, database, schema) WHERE (kind <> 'row'::text)
  CREATE UNIQUE INDEX placement_pkey ON <home>.placement USING btree (tenant_id)
  CREATE UNIQUE INDEX placement_secret_key ON <home>.placement USING btree (secret)
  grant delete, insert, select, update to tenantry_catalog

table platform_audit_event (owner postgres)
  column id uuid not null
  column seq bigint not null
  column occurred_at timestamp(6) with time zone not null
  column action text not null
  column version integer not null
  column actor jsonb not null
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
  constraint platform_audit_event_action_check CHECK (((char_length(action) >= 3) AND (char_length(action) <= 100)))
  constraint platform_audit_event_actor_check CHECK ((jsonb_typeof(actor) = 'object'::text))
  constraint platform_audit_event_changes_check CHECK ((jsonb_typeof(changes) = 'array'::text))
  constraint platform_audit_event_context_check CHECK ((jsonb_typeof(context) = 'object'::text))
  constraint platform_audit_event_details_check CHECK ((jsonb_typeof(details) = 'object'::text))
  constraint platform_audit_event_hash_check CHECK ((octet_length(hash) = 32))
  constraint platform_audit_event_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'denied'::text, 'failure'::text])))
  constraint platform_audit_event_pkey PRIMARY KEY (seq)
  constraint platform_audit_event_prev_hash_check CHECK ((octet_length(prev_hash) = 32))
  constraint platform_audit_event_prev_hash_key UNIQUE (prev_hash)
  constraint platform_audit_event_targets_check CHECK ((jsonb_typeof(targets) = 'array'::text))
  constraint platform_audit_event_version_check CHECK ((version >= 1))
  CREATE INDEX platform_audit_event_action ON <home>.platform_audit_event USING btree (action, seq)
  CREATE INDEX platform_audit_event_targets ON <home>.platform_audit_event USING gin (targets jsonb_path_ops)
  CREATE UNIQUE INDEX platform_audit_event_pkey ON <home>.platform_audit_event USING btree (seq)
  CREATE UNIQUE INDEX platform_audit_event_prev_hash_key ON <home>.platform_audit_event USING btree (prev_hash)
  trigger CREATE TRIGGER keep BEFORE DELETE OR UPDATE OR TRUNCATE ON <home>.platform_audit_event FOR EACH STATEMENT EXECUTE FUNCTION <home>.keep_platform_audit()
  trigger CREATE TRIGGER seal BEFORE INSERT ON <home>.platform_audit_event FOR EACH ROW EXECUTE FUNCTION <home>.seal_platform_audit_event()
  grant insert, select to tenantry_catalog

CREATE OR REPLACE FUNCTION <home>.platform_audit_hash(VARIADIC fields text[])
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
        select sha256(string_agg(coalesce(int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8'), int4send(-1)), '' order by place))
        from unnest(fields) with ordinality as field (value, place)
      $function$


table platform_audit_head (owner postgres)
  column only_row boolean not null default true
  column seq bigint not null
  column hash bytea not null
  constraint platform_audit_head_hash_check CHECK ((octet_length(hash) = 32))
  constraint platform_audit_head_only_row_check CHECK (only_row)
  constraint platform_audit_head_pkey PRIMARY KEY (only_row)
  CREATE UNIQUE INDEX platform_audit_head_pkey ON <home>.platform_audit_head USING btree (only_row)
  trigger CREATE TRIGGER keep BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON <home>.platform_audit_head FOR EACH STATEMENT EXECUTE FUNCTION <home>.keep_platform_audit()
  grant insert, select, update to tenantry_sentinel
  grant select to tenantry_catalog

CREATE OR REPLACE FUNCTION <home>.seal_platform_audit_event()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      declare
        head record;
      begin
        perform pg_advisory_xact_lock(hashtextextended('tenantry.platform-audit', 7413));
        select h.seq, h.hash into head from <home>.platform_audit_head h;
        new.seq := coalesce(head.seq, 0) + 1;
        new.prev_hash := coalesce(head.hash, decode(repeat('00', 32), 'hex'));
        new.occurred_at := clock_timestamp();
        new.hash := <home>.platform_audit_hash(
          'tenantry.audit.v1', 'platform', new.id::text, new.seq::text,
          to_char(new.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), new.action, new.version::text, new.actor::text, new.surface,
          new.request_id, new.trace_id, new.context::text, new.targets::text, new.changes::text, new.details::text, new.outcome, new.reason,
          encode(new.prev_hash, 'hex'));
        insert into <home>.platform_audit_head (seq, hash) values (new.seq, new.hash)
        on conflict (only_row) do update set seq = excluded.seq, hash = excluded.hash;
        return new;
      end $function$


table setting_override (owner postgres)
  column tenant_id uuid not null
  column key text not null
  column value jsonb not null
  column until timestamp(3) with time zone
  column reason text not null
  column by text not null
  column version integer not null
  column updated_at timestamp(3) with time zone not null
  constraint setting_override_key_check CHECK ((key ~ '^[a-z][a-z0-9-]{0,40}[.][a-z][a-z0-9-]{0,40}$'::text))
  constraint setting_override_pkey PRIMARY KEY (tenant_id, key)
  constraint setting_override_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500)))
  constraint setting_override_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  constraint setting_override_value_check CHECK ((octet_length((value)::text) <= 32000))
  CREATE UNIQUE INDEX setting_override_pkey ON <home>.setting_override USING btree (tenant_id, key)
  grant delete, insert, select, update to tenantry_catalog

table sighting (owner postgres)
  column subject text not null
  column first_seen_at timestamp(3) with time zone not null
  column last_seen_at timestamp(3) with time zone not null
  constraint sighting_pkey PRIMARY KEY (subject)
  constraint sighting_subject_check CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 500)))
  CREATE UNIQUE INDEX sighting_pkey ON <home>.sighting USING btree (subject)
  grant delete, insert, select, update to tenantry_catalog

table stripe_event (owner postgres)
  column id text not null
  column type text not null
  column created_at timestamp(3) with time zone not null
  column customer_id text
  column object_type text
  column object_id text
  column received_at timestamp(3) with time zone not null
  column processed_at timestamp(3) with time zone
  column state text not null
  column error text
  constraint stripe_event_customer_id_check CHECK ((char_length(customer_id) <= 255))
  constraint stripe_event_error_check CHECK ((char_length(error) <= 500))
  constraint stripe_event_id_check CHECK (((char_length(id) >= 1) AND (char_length(id) <= 255)))
  constraint stripe_event_object_id_check CHECK ((char_length(object_id) <= 255))
  constraint stripe_event_object_type_check CHECK ((char_length(object_type) <= 100))
  constraint stripe_event_pkey PRIMARY KEY (id)
  constraint stripe_event_state_check CHECK ((state = ANY (ARRAY['received'::text, 'processed'::text, 'unmatched'::text])))
  constraint stripe_event_type_check CHECK (((char_length(type) >= 1) AND (char_length(type) <= 200)))
  CREATE INDEX stripe_event_open ON <home>.stripe_event USING btree (customer_id, received_at) WHERE (state <> 'processed'::text)
  CREATE INDEX stripe_event_received ON <home>.stripe_event USING btree (received_at)
  CREATE UNIQUE INDEX stripe_event_pkey ON <home>.stripe_event USING btree (id)
  grant delete, insert, select, update to tenantry_catalog

table tenant (owner postgres)
  column id uuid not null
  column slug text not null
  column name text not null
  column admin_email text not null
  column plan text not null
  column status text not null
  column region text not null
  column created_at timestamp(3) with time zone not null
  column updated_at timestamp(3) with time zone not null
  column access text not null default 'full'::text
  column billed_from timestamp(3) with time zone
  column billed_until timestamp(3) with time zone
  constraint tenant_access_check CHECK ((access = ANY (ARRAY['full'::text, 'read-only'::text])))
  constraint tenant_pkey PRIMARY KEY (id)
  constraint tenant_slug_key UNIQUE (slug)
  constraint tenant_status_check CHECK ((status = ANY (ARRAY['provisioning'::text, 'active'::text, 'suspended'::text, 'cancelled'::text])))
  CREATE INDEX tenant_newest ON <home>.tenant USING btree (created_at DESC, id DESC)
  CREATE UNIQUE INDEX tenant_pkey ON <home>.tenant USING btree (id)
  CREATE UNIQUE INDEX tenant_slug_key ON <home>.tenant USING btree (slug)
  grant delete, insert, select, update to tenantry_catalog

table tenant_legal_hold (owner postgres)
  column tenant_id uuid not null
  column reason text not null
  column since timestamp(3) with time zone not null
  column by text not null
  constraint tenant_legal_hold_by_check CHECK (((char_length(by) >= 1) AND (char_length(by) <= 200)))
  constraint tenant_legal_hold_pkey PRIMARY KEY (tenant_id)
  constraint tenant_legal_hold_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000)))
  constraint tenant_legal_hold_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  CREATE UNIQUE INDEX tenant_legal_hold_pkey ON <home>.tenant_legal_hold USING btree (tenant_id)
  grant delete, insert, select, update to tenantry_catalog

table tenant_retention (owner postgres)
  column tenant_id uuid not null
  column cancelled_at timestamp(3) with time zone not null
  column due_at timestamp(3) with time zone not null
  column state text not null default 'kept'::text
  column warned_days integer
  constraint tenant_retention_check CHECK ((due_at >= cancelled_at))
  constraint tenant_retention_pkey PRIMARY KEY (tenant_id)
  constraint tenant_retention_state_check CHECK ((state = ANY (ARRAY['kept'::text, 'erasing'::text, 'erased'::text])))
  constraint tenant_retention_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  constraint tenant_retention_warned_days_check CHECK ((warned_days > 0))
  CREATE INDEX tenant_retention_due ON <home>.tenant_retention USING btree (due_at) WHERE (state = 'kept'::text)
  CREATE UNIQUE INDEX tenant_retention_pkey ON <home>.tenant_retention USING btree (tenant_id)
  grant delete, insert, select, update to tenantry_catalog

table tenant_rollup (owner postgres)
  column tenant_id uuid not null
  column users integer not null
  column active_users_30d integer not null
  column tickets bigint not null
  column storage_bytes bigint not null
  column schema_version text
  column counted_at timestamp(3) with time zone not null
  constraint tenant_rollup_active_users_30d_check CHECK ((active_users_30d >= 0))
  constraint tenant_rollup_pkey PRIMARY KEY (tenant_id)
  constraint tenant_rollup_storage_bytes_check CHECK ((storage_bytes >= 0))
  constraint tenant_rollup_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  constraint tenant_rollup_tickets_check CHECK ((tickets >= 0))
  constraint tenant_rollup_users_check CHECK ((users >= 0))
  CREATE INDEX tenant_rollup_counted_at ON <home>.tenant_rollup USING btree (counted_at)
  CREATE UNIQUE INDEX tenant_rollup_pkey ON <home>.tenant_rollup USING btree (tenant_id)
  grant delete, insert, select, update to tenantry_catalog

table tenant_suspension (owner postgres)
  column tenant_id uuid not null
  column cause text not null
  column reason text not null
  column since timestamp(3) with time zone not null
  column by text not null
  constraint tenant_suspension_by_check CHECK (((char_length(by) >= 1) AND (char_length(by) <= 200)))
  constraint tenant_suspension_cause_check CHECK ((cause = ANY (ARRAY['operator'::text, 'billing'::text, 'security'::text])))
  constraint tenant_suspension_pkey PRIMARY KEY (tenant_id, cause)
  constraint tenant_suspension_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000)))
  constraint tenant_suspension_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  CREATE UNIQUE INDEX tenant_suspension_pkey ON <home>.tenant_suspension USING btree (tenant_id, cause)
  grant delete, insert, select, update to tenantry_catalog

table tenant_wish (owner postgres)
  column tenant_id uuid not null
  column wanted_kind text not null
  column since timestamp(3) with time zone not null
  constraint tenant_wish_pkey PRIMARY KEY (tenant_id)
  constraint tenant_wish_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  constraint tenant_wish_wanted_kind_check CHECK ((wanted_kind = ANY (ARRAY['row'::text, 'schema'::text, 'database'::text])))
  CREATE UNIQUE INDEX tenant_wish_pkey ON <home>.tenant_wish USING btree (tenant_id)
  grant delete, insert, select, update to tenantry_catalog

table tombstone (owner postgres)
  column tenant_id uuid not null
  column slug_hash text not null
  column erased_at timestamp(3) with time zone not null
  column certificate_id uuid not null
  constraint tombstone_certificate_id_fkey FOREIGN KEY (certificate_id) REFERENCES <home>.erasure_certificate(id)
  constraint tombstone_pkey PRIMARY KEY (tenant_id)
  constraint tombstone_slug_hash_check CHECK ((char_length(slug_hash) = 64))
  CREATE INDEX tombstone_slug_hash ON <home>.tombstone USING btree (slug_hash, erased_at)
  CREATE UNIQUE INDEX tombstone_pkey ON <home>.tombstone USING btree (tenant_id)
  trigger CREATE TRIGGER keep BEFORE DELETE OR UPDATE OR TRUNCATE ON <home>.tombstone FOR EACH STATEMENT EXECUTE FUNCTION <home>.keep_platform_audit()
  grant insert, select to tenantry_catalog

table usage_report (owner postgres)
  column tenant_id uuid not null
  column meter text not null
  column period_start timestamp(3) with time zone not null
  column hour timestamp(3) with time zone not null
  column quantity bigint not null
  column reported_at timestamp(3) with time zone
  constraint usage_report_pkey PRIMARY KEY (tenant_id, meter, period_start, hour)
  constraint usage_report_quantity_check CHECK ((quantity > 0))
  constraint usage_report_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  CREATE INDEX usage_report_open ON <home>.usage_report USING btree (tenant_id) WHERE (reported_at IS NULL)
  CREATE UNIQUE INDEX usage_report_pkey ON <home>.usage_report USING btree (tenant_id, meter, period_start, hour)
  grant delete, insert, select, update to tenantry_catalog

table usage_window (owner postgres)
  column tenant_id uuid not null
  column meter text not null
  column period_start timestamp(3) with time zone not null
  column used bigint not null
  column reported bigint not null default 0
  column updated_at timestamp(3) with time zone not null
  column included bigint
  column beyond text
  constraint usage_window_beyond_check CHECK ((beyond = ANY (ARRAY['refuse'::text, 'bill'::text])))
  constraint usage_window_included_check CHECK ((included >= 0))
  constraint usage_window_meter_check CHECK (((char_length(meter) >= 1) AND (char_length(meter) <= 100)))
  constraint usage_window_pkey PRIMARY KEY (tenant_id, meter, period_start)
  constraint usage_window_reported_check CHECK ((reported >= 0))
  constraint usage_window_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  constraint usage_window_used_check CHECK ((used >= 0))
  CREATE UNIQUE INDEX usage_window_pkey ON <home>.usage_window USING btree (tenant_id, meter, period_start)
  grant delete, insert, select, update to tenantry_catalog

table warm_place (owner postgres)
  column id uuid not null
  column cluster text not null
  column kind text not null
  column database text not null
  column schema text not null
  column secret text
  column version text not null
  column state text not null
  column error text
  column created_at timestamp(3) with time zone not null default clock_timestamp()
  constraint warm_place_cluster_database_schema_key UNIQUE (cluster, database, schema)
  constraint warm_place_error_check CHECK ((char_length(error) <= 500))
  constraint warm_place_kind_check CHECK ((kind = ANY (ARRAY['schema'::text, 'database'::text])))
  constraint warm_place_pkey PRIMARY KEY (id)
  constraint warm_place_state_check CHECK ((state = ANY (ARRAY['making'::text, 'ready'::text, 'broken'::text])))
  CREATE INDEX warm_place_ready ON <home>.warm_place USING btree (cluster, kind, created_at) WHERE (state = 'ready'::text)
  CREATE UNIQUE INDEX warm_place_cluster_database_schema_key ON <home>.warm_place USING btree (cluster, database, schema)
  CREATE UNIQUE INDEX warm_place_pkey ON <home>.warm_place USING btree (id)
  grant delete, insert, select, update to tenantry_catalog

table work (owner postgres)
  column id uuid not null
  column kind text not null
  column tenant_id uuid
  column key text
  column once text
  column input jsonb not null
  column origin jsonb not null
  column state text not null
  column direction text not null
  column attempt integer not null default 0
  column failures integer not null default 0
  column due_at timestamp(3) with time zone not null default clock_timestamp()
  column lease_until timestamp(3) with time zone
  column is_cancelled boolean not null default false
  column error text
  column created_at timestamp(3) with time zone not null default clock_timestamp()
  column finished_at timestamp(3) with time zone
  constraint work_direction_check CHECK ((direction = ANY (ARRAY['forward'::text, 'backward'::text])))
  constraint work_error_check CHECK ((char_length(error) <= 500))
  constraint work_input_check CHECK ((jsonb_typeof(input) = 'object'::text))
  constraint work_kind_check CHECK (((char_length(kind) >= 3) AND (char_length(kind) <= 100)))
  constraint work_once_key UNIQUE (once)
  constraint work_origin_check CHECK ((jsonb_typeof(origin) = 'object'::text))
  constraint work_pkey PRIMARY KEY (id)
  constraint work_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'compensated'::text, 'needs_human'::text])))
  CREATE INDEX work_due ON <home>.work USING btree (due_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]))
  CREATE INDEX work_ended ON <home>.work USING btree (finished_at) WHERE (finished_at IS NOT NULL)
  CREATE INDEX work_of_tenant ON <home>.work USING btree (tenant_id, created_at) WHERE (tenant_id IS NOT NULL)
  CREATE INDEX work_troubled ON <home>.work USING btree (created_at) WHERE (state = ANY (ARRAY['failed'::text, 'needs_human'::text]))
  CREATE UNIQUE INDEX work_once_key ON <home>.work USING btree (once)
  CREATE UNIQUE INDEX work_pkey ON <home>.work USING btree (id)
  CREATE UNIQUE INDEX work_wish ON <home>.work USING btree (kind, key) WHERE ((state = 'queued'::text) AND (attempt = 0) AND (key IS NOT NULL))
  grant delete, insert, select, update to tenantry_catalog

table work_event (owner postgres)
  column work_id uuid not null
  column seq integer not null
  column at timestamp(3) with time zone not null default clock_timestamp()
  column step text
  column state text not null
  column error text
  constraint work_event_pkey PRIMARY KEY (work_id, seq)
  constraint work_event_work_id_fkey FOREIGN KEY (work_id) REFERENCES <home>.work(id) ON DELETE CASCADE
  CREATE UNIQUE INDEX work_event_pkey ON <home>.work_event USING btree (work_id, seq)
  grant delete, insert, select, update to tenantry_catalog

table work_step (owner postgres)
  column work_id uuid not null
  column name text not null
  column position integer not null
  column state text not null
  column result jsonb
  column error text
  column started_at timestamp(3) with time zone
  column finished_at timestamp(3) with time zone
  constraint work_step_error_check CHECK ((char_length(error) <= 500))
  constraint work_step_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
  constraint work_step_pkey PRIMARY KEY (work_id, name)
  constraint work_step_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'done'::text, 'failed'::text, 'undoing'::text, 'undone'::text])))
  constraint work_step_work_id_fkey FOREIGN KEY (work_id) REFERENCES <home>.work(id) ON DELETE CASCADE
  CREATE UNIQUE INDEX work_step_pkey ON <home>.work_step USING btree (work_id, name)
  grant delete, insert, select, update to tenantry_catalog
