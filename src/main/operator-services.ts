import type { Provider } from '@nestjs/common';
import { OperatorCatalog } from '#catalog/operators/operator-catalog.js';
import { MonthlyRevenue } from '#catalog/rollups/monthly-revenue.js';
import { TenantCensus } from '#catalog/rollups/tenant-census.js';
import { TenantRollups } from '#catalog/rollups/tenant-rollups.js';
import { TenantList } from '#catalog/tenants/tenant-list.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { LiveFigures } from '#control/metrics/live-figures.js';
import { TenantCounter } from '#control/metrics/tenant-counter.js';
import { ConnectionRegistry } from '#kernel/isolation/connection-registry.js';
import type { Platform } from '#main/platform.js';

/** What those who run the platform look at and act with, each known by its class; nothing is connected to before it is asked. */
export function operatorProviders(platform: Platform): (Provider & { provide: unknown })[] {
  const { catalog, platformAudit, announce, contexts, plugins, members, registry } = platform;
  const tenants = new TenantRegistry(catalog, announce);
  const counts = plugins.flatMap((plugin) => plugin.counts ?? []);
  const counter = new TenantCounter(contexts, counts, members.clock);
  return [
    { provide: OperatorCatalog, useValue: new OperatorCatalog(catalog, platformAudit) },
    { provide: TenantRegistry, useValue: tenants },
    { provide: TenantList, useValue: new TenantList(catalog) },
    { provide: TenantCensus, useValue: new TenantCensus(catalog) },
    { provide: TenantRollups, useValue: new TenantRollups(catalog) },
    { provide: MonthlyRevenue, useValue: new MonthlyRevenue(catalog) },
    { provide: TenantCounter, useValue: counter },
    { provide: LiveFigures, useValue: new LiveFigures(tenants, counter) },
    { provide: ConnectionRegistry, useValue: registry },
  ];
}
