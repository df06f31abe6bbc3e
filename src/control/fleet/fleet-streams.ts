import { Injectable } from '@nestjs/common';
import { OVER, type RunEvent } from '#catalog/fleet/migration-run.js';
import type { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { type Change, ChangeStreams } from '#control/work/change-streams.js';

/** Lets operators watch a run over the fleet. */
@Injectable()
export class FleetStreams extends ChangeStreams {
  constructor(runs: MigrationRuns) {
    super({
      since: async (id, after) => {
        const events = await runs.events(id, after);
        const last = events.at(-1);
        // A run that failed may be resumed: its end is the last of the story only as long as nothing follows.
        const isOver = last !== undefined && OVER.has(last.state) && (await runs.newestEvent(id)) === last.seq;
        return events.map((event) => changeOf(event, isOver && event === last));
      },
      isOver: async (id) => OVER.has((await runs.report(id)).state),
    });
  }
}

function changeOf({ seq, at, ...content }: RunEvent, isLast: boolean): Change {
  return { seq, view: { at: at.toISOString(), ...content }, isLast };
}
