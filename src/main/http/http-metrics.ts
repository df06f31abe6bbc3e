const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Methods that routes have; any other is counted as one, so that callers cannot make up time series. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts answers by method, route and status. No label holds anything a caller wrote, nor a tenant. */
export class HttpMetrics {
  readonly #totals = new Map<string, number>();
  readonly #buckets = BUCKETS.map(() => 0);
  #count = 0;
  #seconds = 0;

  count(method: string, route: string | null, status: number, seconds: number): void {
    const labels = `method="${METHODS.has(method) ? method : 'other'}",route="${route ?? 'unknown'}",status="${status}"`;
    this.#totals.set(labels, (this.#totals.get(labels) ?? 0) + 1);
    this.#count += 1;
    this.#seconds += seconds;
    for (const [index, bound] of BUCKETS.entries()) if (seconds <= bound) this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
  }

  /** In Prometheus' text format. */
  lines(): string[] {
    return [
      '# TYPE tenantry_http_requests_total counter',
      ...[...this.#totals].map(([labels, total]) => `tenantry_http_requests_total{${labels}} ${total}`),
      '# TYPE tenantry_http_request_seconds histogram',
      ...BUCKETS.map((bound, index) => `tenantry_http_request_seconds_bucket{le="${bound}"} ${this.#buckets[index]}`),
      `tenantry_http_request_seconds_bucket{le="+Inf"} ${this.#count}`,
      `tenantry_http_request_seconds_sum ${this.#seconds}`,
      `tenantry_http_request_seconds_count ${this.#count}`,
    ];
  }
}
