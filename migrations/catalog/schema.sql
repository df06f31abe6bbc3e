schema <home> (owner pg_database_owner)
  grant usage to everybody
  grant usage to tenantry_catalog

table api_key (owner postgres)
  column id uuid not null
  column tenant_id uuid not null
  column name text not null
  column hash text not null
  column created_at timestamp(3) with time zone not null
  column revoked_at timestamp(3) with time zone
  constraint api_key_hash_key UNIQUE (hash)
  constraint api_key_pkey PRIMARY KEY (id)
  constraint api_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES <home>.tenant(id) ON DELETE CASCADE
  CREATE INDEX api_key_tenant_id ON <home>.api_key USING btree (tenant_id)
  CREATE UNIQUE INDEX api_key_hash_key ON <home>.api_key USING btree (hash)
  CREATE UNIQUE INDEX api_key_pkey ON <home>.api_key USING btree (id)
  grant delete, insert, select, update to tenantry_catalog

table cluster (owner postgres)
  column name text not null
  column region text not null
  constraint cluster_pkey PRIMARY KEY (name)
  CREATE UNIQUE INDEX cluster_pkey ON <home>.cluster USING btree (name)
  grant select to tenantry_catalog

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

table migration (owner postgres)
  column name text not null
  column applied_at timestamp with time zone not null default now()
  constraint migration_pkey PRIMARY KEY (name)
  CREATE UNIQUE INDEX migration_pkey ON <home>.migration USING btree (name)
  grant select to tenantry_catalog

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
  constraint tenant_pkey PRIMARY KEY (id)
  constraint tenant_slug_key UNIQUE (slug)
  constraint tenant_status_check CHECK ((status = ANY (ARRAY['provisioning'::text, 'active'::text, 'suspended'::text, 'cancelled'::text])))
  CREATE UNIQUE INDEX tenant_pkey ON <home>.tenant USING btree (id)
  CREATE UNIQUE INDEX tenant_slug_key ON <home>.tenant USING btree (slug)
  grant delete, insert, select, update to tenantry_catalog
