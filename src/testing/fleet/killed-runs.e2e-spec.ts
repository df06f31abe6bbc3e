import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RUN_DEFAULTS } from '#control/fleet/fleet-desk.js';
import { CustomerServer } from '#testing/customer-server.js';
import { report } from '#testing/faults/report.js';
import type { FleetOrder } from '#testing/fleet/fleet-process.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { SLOW_LINE } from '#testing/fleet/small-line.js';

/** FLEET_KILLS is for the long form. */
const KILLS = Number(process.env['FLEET_KILLS'] ?? 3);
const HOMES = 40 * KILLS;
const LEASE_MS = 1_000;
const PROGRAM = join(process.cwd(), 'dist/src/testing/fleet/fleet-process.js');

describe('a run whose processes and whose server are killed', () => {
  let server: CustomerServer;
  let stage: FleetStage;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    server = await CustomerServer.start();
    stage = await FleetStage.open(undefined, { serverUrl: server.url });
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await stage.close();
    await server.close();
  });

  it(
    'leaves every home exactly migrated, once',
    async () => {
      const homes = await stage.schemas(HOMES);
      const release = stage.release(SLOW_LINE);
      const { id, works } = await release.desk.begin({ ...RUN_DEFAULTS, canary: 0 });
      const [cluster] = stage.tests.provisioning.clusters;
      const order = { run: id, works, leaseMs: LEASE_MS, catalogUrl: stage.settings['CATALOG_DATABASE_URL'], cluster } as FleetOrder;
      const begin = async (): Promise<{ over: Promise<unknown[]> }> => {
        const begun = spawn(process.execPath, [PROGRAM, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
        child = begun;
        const over = once(begun, 'exit');
        await once(begun.stdout, 'data');
        return { over };
      };
      const migrated: number[] = [];
      const underWay: number[] = [];
      const servers: boolean[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const { over } = await begin();
        await begun(stage, works);
        await wait(Math.random() * 1_500);
        if (kill % 3 === 2) servers.push(await killServer(stage));
        child?.kill('SIGKILL');
        await over;
        underWay.push((await patiently(() => release.targets(id, 'running'))).length);
        migrated.push((await patiently(() => release.runs.report(id))).targets.migrated);
      }
      report(
        `killed ${String(KILLS)} times; migrated by then: ${migrated.join(', ')} of ${String(HOMES + 1)}, under way: ${underWay.join(', ')}`,
      );
      // Or nothing was shown.
      expect([underWay.some((count) => count > 0), servers.some(Boolean)]).toEqual([true, true]);
      const [code] = await (await begin()).over;
      expect(code).toBe(0);
      const total = HOMES + 1;
      expect(await release.targets(id, 'failed')).toEqual([]);
      expect(await release.runs.report(id)).toMatchObject({
        state: 'done',
        targets: { total, migrated: total, failed: 0, skipped: 0, pending: 0 },
      });
      for (const name of ['0002-colours', '0003-shades']) expect((await stage.had(name)).size).toBe(total);
      expect(await indexesOf(stage, 'note_shade')).toEqual({ homes: homes.length + 1, indexes: total, invalid: 0 });
      // It has no name in its step: built twice, there are two.
      expect(await indexesOf(stage, 'note_tenant_id_colour_idx')).toEqual({ homes: homes.length + 1, indexes: total, invalid: 0 });
    },
    60_000 + KILLS * 20_000,
  );
});

/** Until a process that was begun has the lease of whoever was killed before, and targets, or there is nothing more to do. */
async function begun(stage: FleetStage, works: readonly string[]): Promise<void> {
  for (;;) {
    const found = await patiently(() =>
      stage.catalog<{ isAlive: boolean }>(
        `select state not in ('queued', 'running') or lease_until > clock_timestamp()
           and exists (select from migration_target t where t.state = 'running' and t.holder = concat(w.id, ':', w.attempt)) as "isAlive"
         from work w where id = ?`,
        [works[0]],
      ),
    );
    if (found[0]?.isAlive) return;
    await wait(20);
  }
}

/** A backend that is killed takes the whole server with it, which recovers. Gives whether one was there within a few seconds. */
async function killServer(stage: FleetStage): Promise<boolean> {
  for (let looks = 0; looks < 250; looks += 1) {
    const pids = await stage.on(async (session) => {
      const { rows } = await session.query<{ pid: number }>(`select pid from pg_stat_activity where application_name = 'tenantry-fleet'`);
      return rows.map(({ pid }) => pid);
    });
    if (pids.some(isKilled)) return true;
    await wait(20);
  }
  return false;
}

/** False when it had ended by itself in between. */
function isKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries > 100) throw error;
      await wait(100);
    }
  }
}

/** By how a server begins their names. */
async function indexesOf(stage: FleetStage, name: string): Promise<unknown> {
  return stage.on(async (session) => {
    const { rows } = await session.query(
      `select count(distinct n.nspname)::integer as homes, count(*)::integer as indexes, count(*) filter (where not i.indisvalid)::integer as invalid
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where starts_with(c.relname, $1)`,
      [name],
    );
    return rows[0] as unknown;
  });
}
