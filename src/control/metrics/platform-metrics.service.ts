import { Injectable } from '@nestjs/common';
import { MonthlyRevenue } from '#catalog/rollups/monthly-revenue.js';
import { TenantCensus } from '#catalog/rollups/tenant-census.js';
import { type TenantCounts, TenantRollups } from '#catalog/rollups/tenant-rollups.js';
import { ConnectionRegistry } from '#kernel/isolation/connection-registry.js';
import { Clock } from '#kernel/work/clock.js';
import { LiveFigures } from './live-figures.js';
import type { MetricsView } from './metrics.schemas.js';

type Figures = Pick<MetricsView, 'source' | 'complete' | 'unreachable' | 'users' | 'activeUsers30d' | 'usage'>;
type Freshness = Omit<MetricsView['users'], 'value'>;

/** How much of everything there is: from what the tenants were last counted as, or by asking each of them now. */
@Injectable()
export class PlatformMetricsService {
  constructor(
    private readonly census: TenantCensus,
    private readonly rollups: TenantRollups,
    private readonly revenue: MonthlyRevenue,
    private readonly live: LiveFigures,
    private readonly connections: ConnectionRegistry,
    private readonly clock: Clock,
  ) {}

  /** With a number of milliseconds, each active tenant is asked and waited for that long. Raises CatalogUnavailableError. */
  async read(liveMs: number | null): Promise<MetricsView> {
    // One after the other: the catalog's pool is small, and requests of tenants are in it too.
    const tenants = await this.census.take();
    const figures = await (liveMs === null ? this.#kept() : this.#now(liveMs));
    const revenue = await this.revenue.read();
    const schemaVersions = await this.rollups.schemaVersions();
    return { ...figures, asOf: this.clock.now().toISOString(), tenants, revenue, schemaVersions, connections: this.#pools() };
  }

  async #kept(): Promise<Figures> {
    const { oldest, newest, missing, ...counts } = await this.rollups.sum();
    const fresh = { oldest: oldest?.toISOString() ?? null, newest: newest?.toISOString() ?? null, missing };
    return { source: 'rollups', complete: missing === 0, unreachable: [], ...figuresOf(counts, fresh) };
  }

  async #now(eachMs: number): Promise<Figures> {
    const { reached, unreachable } = await this.live.take(eachMs);
    const at = reached.length > 0 ? this.clock.now().toISOString() : null;
    const sum = (figure: keyof TenantCounts): number => reached.reduce((whole, { result }) => whole + result[figure], 0);
    const counts = {
      users: sum('users'),
      activeUsers30d: sum('activeUsers30d'),
      tickets: sum('tickets'),
      storageBytes: sum('storageBytes'),
    };
    return {
      source: 'live',
      complete: unreachable.length === 0,
      unreachable: unreachable.map(({ tenant: { id, slug }, reason }) => ({ tenantId: id, slug, reason })),
      ...figuresOf(counts, { oldest: at, newest: at, missing: unreachable.length }),
    };
  }

  /** Databases of tenants' own are summed up: what they are known by is the name of a secret. */
  #pools(): MetricsView['connections'] {
    const clusters: MetricsView['connections']['clusters'] = {};
    const databases = { open: 0, total: 0, idle: 0, waiting: 0 };
    for (const [key, { total, idle, waiting }] of Object.entries(this.connections.stats())) {
      const [kind = '', name = ''] = key.split(/:(.*)/s);
      if (kind === 'cluster') clusters[name] = { total, idle, waiting };
      else {
        databases.open += 1;
        databases.total += total;
        databases.idle += idle;
        databases.waiting += waiting;
      }
    }
    return { clusters, databases };
  }
}

function figuresOf(
  { users, activeUsers30d, tickets, storageBytes }: TenantCounts,
  fresh: Freshness,
): Pick<Figures, 'users' | 'activeUsers30d' | 'usage'> {
  return {
    users: { value: users, ...fresh },
    activeUsers30d: { value: activeUsers30d, ...fresh },
    usage: { tickets: { value: tickets, ...fresh }, storageBytes: { value: storageBytes, ...fresh } },
  };
}
