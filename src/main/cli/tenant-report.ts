import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Provisioning } from '#main/provisioning.js';

/** A tenant as the catalog has it, without the names of secrets. */
export interface TenantEntry {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: string;
  readonly status: string;
  readonly region: string;
  readonly placement: { kind: string; cluster: string; database: string; schema: string; epoch: number };
}

/** A tenant as the command line shows it. */
export interface TenantReport extends TenantEntry {
  readonly schemaVersion: string | null;
}

/** Asks nobody. */
export function tenantEntry({ id, slug, name, plan, status, region, placement }: Tenant): TenantEntry {
  const { kind, cluster, database, schema, epoch } = placement;
  return { id, slug, name, plan, status, region, placement: { kind, cluster, database, schema, epoch } };
}

/** Asks the tenant's own database which version it is at; null when it cannot be asked. */
export async function reportTenant(tenant: Tenant, { clusterBook, homes }: Provisioning): Promise<TenantReport> {
  const { cluster, database, schema } = tenant.placement;
  const applied = await clusterBook
    .named(cluster)
    .then(({ migratorUrl }) => withSession(atDatabase(migratorUrl, database), (session) => homes.applied(session, schema)))
    .catch(() => null);
  const schemaVersion = applied ? ([...applied].sort().at(-1) ?? null) : null;
  return { ...tenantEntry(tenant), schemaVersion };
}

/** The report for people. */
export function tenantLines(report: TenantReport & { apiKey?: string }): string[] {
  const { placement } = report;
  return [
    `${report.name} (${report.slug})  ${report.status}`,
    `  plan       ${report.plan} in ${report.region}`,
    `  rows in    ${placement.cluster} / ${placement.database} / ${placement.schema}  (${placement.kind}, epoch ${String(placement.epoch)})`,
    `  version    ${report.schemaVersion ?? 'unknown'}`,
    ...(report.apiKey ? [`  api key    ${report.apiKey}   (shown once)`] : []),
  ];
}
