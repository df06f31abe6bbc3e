import { setTimeout as wait } from 'node:timers/promises';
import type { FleetStage } from '#testing/fleet/fleet-stage.js';

/** Looks now and then at what a run takes: connections to a server, and bytes of this process's heap more than before it, garbage included. */
export class RunWatch {
  connections = 0;
  heap = 0;

  constructor(private readonly stage: FleetStage) {}

  async during(work: () => Promise<void>): Promise<void> {
    let isOver = false;
    const before = process.memoryUsage().heapUsed;
    const watching = this.stage.on(async (session) => {
      while (!isOver) {
        const { rows } = await session.query<{ count: number }>(
          `select count(*)::integer as count from pg_stat_activity where application_name = 'tenantry-fleet'`,
        );
        this.connections = Math.max(this.connections, rows[0]?.count ?? 0);
        this.heap = Math.max(this.heap, process.memoryUsage().heapUsed - before);
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
