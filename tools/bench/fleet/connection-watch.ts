import { setTimeout as wait } from 'node:timers/promises';
import type { FleetStage } from '#testing/fleet/fleet-stage.js';

/** Counts the connections of runs on a server, now and then. */
export class ConnectionWatch {
  most = 0;

  constructor(private readonly stage: FleetStage) {}

  async during(work: () => Promise<void>): Promise<void> {
    let isOver = false;
    const watching = this.stage.on(async (session) => {
      while (!isOver) {
        const { rows } = await session.query<{ count: number }>(
          `select count(*)::integer as count from pg_stat_activity where application_name = 'tenantry-fleet'`,
        );
        this.most = Math.max(this.most, rows[0]?.count ?? 0);
        await wait(50);
      }
    });
    try {
      await work();
    } finally {
      isOver = true;
      await watching;
    }
  }
}
