import type { Home, HomeVersion } from '#catalog/fleet/home-ledger.js';
import type { MigrationPlanStep } from '#control/fleet/fleet-plan.js';

/** How patient DDL is with what holds a table; in milliseconds. */
export interface Patience {
  /** How long a statement waits for a lock. Whoever comes after it waits as long, so it is short. */
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** What became of a home. `isPassing`: what stood in the way goes away by itself (a lock, a connection). `at`: what it has had now, where that is known. */
export type HomeOutcome = { readonly home: Home } & (
  | { readonly state: 'migrated'; readonly at: HomeVersion }
  | { readonly state: 'checked' }
  | { readonly state: 'failed'; readonly error: string; readonly isPassing: boolean; readonly at?: HomeVersion }
);

/** One connection's worth of work on a server; it belongs to one caller at a time. */
export interface HomeLane {
  /**
   * Brings homes to the lane's version, database by database. Gives the outcomes of them as soon as there are some; no further home is begun
   * before the next is asked for, and one that fails keeps none of the others from it. Raises nothing but the reason of the signal.
   */
  migrate(homes: readonly Home[], patience: Patience): AsyncGenerator<readonly HomeOutcome[]>;
  /** Holds homes of one database, which had every migration, against the reference: one that is not as it should be has failed. Raises nothing but the reason of the signal. */
  check(homes: readonly Home[], signal: AbortSignal): Promise<readonly HomeOutcome[]>;
  close(): Promise<void>;
}

/** Migrates tables of tenants. */
export interface HomeMigrator {
  /** Its steps, in their order. */
  readonly line: readonly MigrationPlanStep[];
  /** For one server, up to that migration. */
  lane(cluster: string, version: string): HomeLane;
}
