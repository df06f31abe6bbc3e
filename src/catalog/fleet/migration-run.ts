import type { HomeFilter } from '#catalog/fleet/home-ledger.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';

export const RUN_STATES = ['running', 'paused', 'stopped', 'aborted', 'failed', 'done'] as const;
/** `stopped` when too many targets failed; like `paused` it goes on when told to. `failed` when it came to its end with targets that failed. */
export type RunState = (typeof RUN_STATES)[number];
export type TargetState = 'pending' | 'running' | 'migrated' | 'failed' | 'skipped';

/** The states that nothing comes after. */
export const OVER: ReadonlySet<RunState> = new Set<RunState>(['aborted', 'failed', 'done']);

/** How a run goes about it. */
export interface RunWish extends HomeFilter {
  /** How many homes of each tier are first and alone. */
  readonly canary: number;
  /** How many homes of one server are worked on at once. */
  readonly concurrency: number;
  /** The run stops when more targets than this have failed; `%` means of all. */
  readonly maxFailures: { readonly count: number } | { readonly percent: number };
  /** How long a statement waits for a lock, in milliseconds, before the target is tried again later. */
  readonly lockTimeoutMs: number;
}

/** How many targets of one state are listed at most; the counts tell of all. */
export const LISTED_TARGETS = 10_000;

/** One target of a run as it is shown. */
export interface RunTarget {
  readonly target: string;
  readonly tier: PlacementKind;
  readonly tenantId: string | null;
  readonly wave: number;
  readonly state: TargetState;
  readonly tries: number;
  readonly error: string | null;
}

export interface TargetCounts {
  readonly total: number;
  readonly migrated: number;
  readonly failed: number;
  readonly skipped: number;
  /** Not yet begun, or under way. */
  readonly pending: number;
}

/** A run as it is shown. */
export interface RunReport {
  readonly id: string;
  readonly state: RunState;
  /** The migration up to which every target is brought. */
  readonly version: string;
  readonly wish: RunWish;
  readonly wave: number;
  readonly targets: TargetCounts;
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** One change of a run, in the order in which they were kept. */
export interface RunEvent {
  readonly seq: number;
  readonly at: Date;
  readonly state: RunState;
  readonly wave: number;
  readonly targets: TargetCounts;
  /** What went wrong with targets; `isTriedAgain` where that is no failure yet. */
  readonly failures: readonly { readonly target: string; readonly error: string; readonly isTriedAgain?: boolean }[];
}
