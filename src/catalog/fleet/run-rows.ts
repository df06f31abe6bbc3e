import type { RunEvent, RunReport, RunState, RunWish, TargetCounts } from '#catalog/fleet/migration-run.js';

/** Columns of a run, for a `from migration_run r` to follow. */
export const RUN_COLUMNS = `r.id, r.state, r.version, r.wish::text, r.wave, r.total, r.migrated, r.failed, r.skipped,
  r.requested_by, r.reason, r.created_at::text, r.finished_at::text`;

/** The wave of the canaries. */
export const CANARIES = 1;

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

/**
 * The number of the next event of a run that is updated as `r`. A run of before, or one of which an older process tells, has more events than it has
 * counted; who waited for the run's row does not see the last of these, and its statement fails and is sent again later.
 */
export const NEXT_EVENT = `greatest(r.events, (select coalesce(max(e.seq), 0) from migration_run_event e where e.run_id = r.id)) + 1`;

/** Tells an event of each run in a relation that has the columns of migration_run, counted up, and `failures`. */
export const tellingOf = (runs: string): string =>
  `insert into migration_run_event (run_id, seq, what)
   select id, events, jsonb_build_object('state', state, 'wave', wave, 'failures', failures, 'targets', jsonb_build_object(
     'total', total, 'migrated', migrated, 'failed', failed, 'skipped', skipped, 'pending', total - migrated - failed - skipped)) from ${runs}`;

function countsOf({ total, migrated, failed, skipped }: Omit<TargetCounts, 'pending'>): TargetCounts {
  return { total, migrated, failed, skipped, pending: total - migrated - failed - skipped };
}
