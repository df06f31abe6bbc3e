import { Injectable } from '@nestjs/common';
import { LISTED_TARGETS, type RunReport } from '#catalog/fleet/migration-run.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { onceOf } from '#kernel/idempotency/once.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { FleetDesk } from './fleet-desk.js';
import type { BeginRun, FleetStatus, ListRuns, RunDetail, RunPage, RunView } from './fleet.schemas.js';

/** Runs over the fleet as operators ask for them and see them. */
@Injectable()
export class FleetService {
  readonly #cursors: PageCursors;

  constructor(
    private readonly desk: FleetDesk,
    private readonly runs: MigrationRuns,
    cursors: PageCursors,
  ) {
    this.#cursors = cursors.ofPlatform;
  }

  /** Every home that is behind, by the ledger. */
  async status(): Promise<FleetStatus> {
    const homes = await this.desk.status();
    const behind = homes.filter(({ pending }) => pending.length > 0);
    const targets = behind.map(({ target, tier, tenantId, slug, version, pending }) => ({
      ...{ target, tier, tenantId, slug, version, pending: [...pending] },
    }));
    return { newest: this.desk.newest, total: homes.length, behind: behind.length, targets };
  }

  /** Newest first. Raises CursorInvalidError. */
  async list({ limit, cursor }: ListRuns): Promise<RunPage> {
    const scope = ['migration-runs'] as const;
    const before = cursor === undefined ? undefined : this.#cursors.open(cursor, scope);
    const runs = await this.runs.list(limit + 1, before);
    const { data, nextCursor } = this.#cursors.page(runs, limit, scope, ({ id, createdAt }) => ({ id, at: createdAt }));
    return { data: data.map(viewOf), nextCursor };
  }

  /** Raises RunNotFoundError. */
  async get(id: string): Promise<RunDetail> {
    const report = await this.runs.report(id);
    const told = async (state: 'failed' | 'skipped'): Promise<RunDetail['failures']> =>
      (await this.runs.targets(id, [state], LISTED_TARGETS)).map(({ target, error }) => ({ target, error }));
    return { ...viewOf(report), failures: await told('failed'), skipped: await told('skipped') };
  }

  /**
   * Begins one; for a request that is repeated with its key it is the run that this began, as it stands now. Raises IdempotencyKeyReusedError,
   * RunUnderWayError, RegionUnknownError and TenantsUnknownError.
   */
  async begin(key: string, { reason, ...wish }: BeginRun): Promise<{ readonly run: RunDetail; readonly isRepeated: boolean }> {
    const once = onceOf('migration-runs', key, { reason, ...wish });
    try {
      return { run: await this.get((await this.desk.begin(wish, once)).id), isRepeated: false };
    } catch (error) {
      // The catalog takes a key once, so a repetition is always refused there, also one that comes at the same moment.
      const known = await this.runs.begunBy(once);
      if (known === null) throw error;
      return { run: await this.get(known), isRepeated: true };
    }
  }

  /** Raises RunNotFoundError and RunStateRefusedError, as the next two do. */
  async pause(id: string): Promise<RunDetail> {
    await this.desk.pause(id);
    return this.get(id);
  }

  async abort(id: string): Promise<RunDetail> {
    await this.desk.abort(id);
    return this.get(id);
  }

  async resume(id: string, targets: readonly string[] | null): Promise<RunDetail> {
    await this.desk.resume(id, targets);
    return this.get(id);
  }
}

function viewOf({ id, state, version, wave, targets, requestedBy, reason, createdAt, finishedAt }: RunReport): RunView {
  const times = { createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
  return { run: id, state, version, wave, targets: { ...targets }, requestedBy, reason, ...times };
}
