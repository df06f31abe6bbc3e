import { Injectable } from '@nestjs/common';
import type { RunReport } from '#catalog/fleet/migration-run.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { FleetDesk } from './fleet-desk.js';
import type { BeginRun, FleetStatus, RunDetail, RunPage, RunView } from './fleet.schemas.js';

const LISTED = 1_000;

/** Runs over the fleet as operators ask for them and see them. */
@Injectable()
export class FleetService {
  constructor(
    private readonly desk: FleetDesk,
    private readonly runs: MigrationRuns,
  ) {}

  /** Every home that is behind, by the ledger. */
  async status(): Promise<FleetStatus> {
    const homes = await this.desk.status();
    const behind = homes.filter(({ pending }) => pending.length > 0);
    const targets = behind.map(({ target, tier, tenantId, slug, version, pending }) => ({
      ...{ target, tier, tenantId, slug, version, pending: [...pending] },
    }));
    return { newest: this.desk.newest, total: homes.length, behind: behind.length, targets };
  }

  async list(atMost: number): Promise<RunPage> {
    return { data: (await this.runs.list(atMost)).map(viewOf) };
  }

  /** Raises RunNotFoundError. */
  async get(id: string): Promise<RunDetail> {
    const report = await this.runs.report(id);
    const told = async (state: 'failed' | 'skipped'): Promise<RunDetail['failures']> =>
      (await this.runs.targets(id, [state], LISTED)).map(({ target, error }) => ({ target, error }));
    return { ...viewOf(report), failures: await told('failed'), skipped: await told('skipped') };
  }

  /** Raises RunUnderWayError. */
  async begin({ reason: _onRecord, ...wish }: BeginRun): Promise<RunDetail> {
    return this.get((await this.desk.begin(wish)).id);
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
