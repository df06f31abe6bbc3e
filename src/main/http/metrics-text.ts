import type { ConnectionRegistry } from '#kernel/isolation/connection-registry.js';
import type { HttpMetrics } from '#main/http/http-metrics.js';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What this process measures, in Prometheus' text format. Pools of tenants' own databases are summed: a label each would be a tenant each. */
export class MetricsText {
  constructor(
    private readonly http: HttpMetrics,
    private readonly registry: Pick<ConnectionRegistry, 'stats'>,
  ) {}

  read(): string {
    return `${[...this.http.lines(), ...this.#poolLines(), ...processLines()].join('\n')}\n`;
  }

  #poolLines(): string[] {
    const pools = new Map<string, { pools: number; total: number; idle: number; waiting: number }>();
    for (const [key, { total, idle, waiting }] of Object.entries(this.registry.stats())) {
      const target = key.startsWith('cluster:') ? key.slice('cluster:'.length) : 'own-databases';
      const sum = pools.get(target) ?? { pools: 0, total: 0, idle: 0, waiting: 0 };
      pools.set(target, { pools: sum.pools + 1, total: sum.total + total, idle: sum.idle + idle, waiting: sum.waiting + waiting });
    }
    const gauges = [...pools].flatMap(([target, sums]) =>
      Object.entries(sums).map(([state, value]) => `tenantry_pool_connections{target="${target}",state="${state}"} ${value}`),
    );
    return ['# TYPE tenantry_pool_connections gauge', ...gauges];
  }
}

function processLines(): string[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const gauge = (name: string, value: number): string[] => [`# TYPE ${name} gauge`, `${name} ${value}`];
  return [
    '# TYPE process_cpu_seconds_total counter',
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
    ...gauge('process_resident_memory_bytes', rss),
    ...gauge('process_start_time_seconds', Math.round(Date.now() / 1000 - process.uptime())),
    ...gauge('nodejs_heap_size_used_bytes', heapUsed),
    ...gauge('nodejs_external_memory_bytes', external),
  ];
}
