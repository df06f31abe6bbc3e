import { PostgresAuditorLogins } from '#adapters/postgres/postgres-auditor-logins.js';
import { AuditorBook } from '#catalog/auditors/auditor-book.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { AuditorDesk } from '#control/auditors/auditor-desk.js';
import { withLogins } from '#control/provisioning/cluster-book.js';
import type { Clock } from '#kernel/work/clock.js';
import type { Platform } from '#main/platform.js';

type AuditedPlatform = Pick<Platform, 'clusterBook' | 'catalog' | 'announce' | 'audit' | 'works'>;

/** Letting an auditor in takes each cluster's `migratorUrl` and no login above it. */
export function openAuditorDesk({ clusterBook, catalog, announce, audit, works, clock }: AuditedPlatform & { clock: Clock }): AuditorDesk {
  return new AuditorDesk({
    tenants: new TenantRegistry(catalog, announce),
    book: new AuditorBook(catalog),
    logins: new PostgresAuditorLogins(withLogins(clusterBook, 'migratorUrl')),
    works,
    trail: audit,
    clock,
  });
}
