import { Injectable } from '@nestjs/common';
import { OVER } from '#catalog/fleet/migration-run.js';
import type { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { ChangeStreams } from '#control/work/change-streams.js';

/** Lets operators watch a run over the fleet. */
@Injectable()
export class FleetStreams extends ChangeStreams {
  constructor(runs: MigrationRuns) {
    super({
      since: async (id, after) =>
        (await runs.events(id, after)).map(({ seq, at, ...content }) => ({
          ...{ seq, view: { at: at.toISOString(), ...content } },
          isLast: OVER.has(content.state),
        })),
      isOver: async (id) => OVER.has((await runs.report(id)).state),
    });
  }
}
