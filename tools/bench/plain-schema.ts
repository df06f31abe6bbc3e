import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';

export const PLAIN_LOGIN = { name: 'bench_plain', password: 'bench' } as const;

/** Tables without tenancy and with the usual recipe, of the same columns and indexes as the product's, for the baselines' own login. */
export async function makePlainSchema({ provisionUrl, appUrl }: Cluster): Promise<void> {
  await withSession(atDatabase(provisionUrl, new URL(appUrl).pathname.slice(1)), async (superuser) => {
    await superuser.query(`
      create role ${PLAIN_LOGIN.name} login password '${PLAIN_LOGIN.password}';
      grant connect on database tenantry to ${PLAIN_LOGIN.name};
      create schema plain;
      create table plain.tickets (like shared.tickets including all);
      create table plain.bench_outbox (tenant_id uuid not null, id uuid not null, kind text not null, payload jsonb not null, primary key (tenant_id, id));
      create schema recipe;
      create table recipe.tickets (like shared.tickets including all);
      alter table recipe.tickets enable row level security, force row level security;
      create policy mine on recipe.tickets using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
      grant usage on schema plain, recipe to ${PLAIN_LOGIN.name};
      grant select, insert, update, delete on all tables in schema plain, recipe to ${PLAIN_LOGIN.name}`);
  });
}

/** An outbox beside the tickets of a home, protected as every table of a tenant is. */
export async function addOutbox(url: string, home: string): Promise<void> {
  await withSession(url, (migrator) =>
    migrator.query(`set role tenantry_owner;
      create table "${home}".bench_outbox (tenant_id uuid not null, id uuid not null, kind text not null, payload jsonb not null, primary key (tenant_id, id));
      select tenancy.protect('"${home}".bench_outbox')`),
  );
}
