import type { RunEvent, RunReport, RunState, RunWish, TargetCounts } from '#catalog/fleet/migration-run.js';

/** Columns of a run, for a `from migration_run r` to follow. */
export const RUN_COLUMNS = `r.id, r.state, r.version, r.wish::text, r.wave, r.total, r.migrated, r.failed, r.skipped,
  r.requested_by, r.reason, r.created_at::text, r.finished_at::text`;

/** A run as a query with RUN_COLUMNS reads it. */
export interface RunRow extends Omit<TargetCounts, 'pending'> {
  readonly id: string;
  readonly state: RunState;
  readonly version: string;
  readonly wish: string;
  readonly wave: number;
  readonly requested_by: string;
  readonly reason: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

export function runOf({ id, state, version, wish, wave, requested_by, reason, created_at, finished_at, ...counts }: RunRow): RunReport {
  const times = { createdAt: new Date(created_at), finishedAt: finished_at === null ? null : new Date(finished_at) };
  return {
    id,
    state,
    version,
    wish: JSON.parse(wish) as RunWish,
    wave,
    targets: countsOf(counts),
    requestedBy: requested_by,
    reason,
    ...times,
  };
}

/** What was kept as an event's content. */
export type EventContent = Pick<RunEvent, 'state' | 'wave' | 'targets' | 'failures'>;

/** What changed a run, as it is told to whoever watches. */
export function contentOf(run: RunRow, failures: RunEvent['failures'] = []): EventContent {
  return { state: run.state, wave: run.wave, targets: countsOf(run), failures };
}

function countsOf({ total, migrated, failed, skipped }: Omit<TargetCounts, 'pending'>): TargetCounts {
  return { total, migrated, failed, skipped, pending: total - migrated - failed - skipped };
}
