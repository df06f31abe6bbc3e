import type { Platform } from '#main/platform.js';

type Checks = Awaited<ReturnType<Platform['health']>>;

/** Whether to send requests here. */
export interface ReadinessReport {
  readonly status: 'up' | 'degraded' | 'down' | 'stopping';
  readonly checks: Checks;
}

const KEPT_MS = 1_000;

/** Asks the platform how it is, at most once a second however many ask. */
export class Readiness {
  #latest: { readonly at: number; readonly report: Promise<ReadinessReport> } | undefined;
  #isStopping = false;

  constructor(private readonly platform: Pick<Platform, 'health'>) {}

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** From now on this process is not ready: it will finish what it has and then end. */
  stop(): void {
    this.#isStopping = true;
  }

  async read(): Promise<ReadinessReport> {
    if (!this.#latest || Date.now() - this.#latest.at > KEPT_MS) this.#latest = { at: Date.now(), report: this.#ask() };
    const report = await this.#latest.report;
    return this.#isStopping ? { ...report, status: 'stopping' } : report;
  }

  async #ask(): Promise<ReadinessReport> {
    const checks = await this.platform.health();
    const statuses = Object.values(checks).map(({ status }) => status);
    const status = statuses.includes('down') ? 'down' : statuses.includes('degraded') ? 'degraded' : 'up';
    return { status, checks };
  }
}
