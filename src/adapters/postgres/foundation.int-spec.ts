import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FoundationsCheck } from '#control/doctor/checks/foundations.check.js';
import { projectFolder } from '#main/project-folder.js';
import { HomesStage, type StagedHome } from '#testing/fleet/homes-stage.js';
import { Foundation } from './foundation.js';

/**
 * SHA-256 of tenancy.sql by its edition. Who changes the file counts its first line up and adds a line here: with the same number, processes of
 * the build before would lay their text over it again and again.
 */
const EDITIONS: Record<number, string> = {
  1: '1484f61421a5d931b62e9abd0e07b2383b61034e684b29b1869d37129ff14e35',
};

const FILE = join(projectFolder(), 'provisioning', 'tenancy.sql');

describe('an edition of what homes stand on', () => {
  let stage: HomesStage;
  let at: StagedHome;
  let folder: string;
  let text: string;

  beforeAll(async () => {
    stage = await HomesStage.open();
    folder = await mkdtemp(join(tmpdir(), 'tenantry-editions-'));
    text = await readFile(FILE, 'utf8');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await stage.close();
  });
  beforeEach(async () => {
    at = { tier: 'shared', cluster: stage.cluster.name, database: await stage.database(), home: 'tenancy' };
  });

  /** Of a build with that edition and one function more. */
  async function foundationOf(edition: number): Promise<Foundation> {
    const file = join(folder, `${String(edition)}.sql`);
    const added = `create or replace function tenancy.edition() returns integer language sql as 'select ${String(edition)}';`;
    await writeFile(file, `${text.replace(/^-- Edition \d+\./, `-- Edition ${String(edition)}.`)}\n${added}\n`);
    return new Foundation(file);
  }

  const laid = async (): Promise<unknown> => (await stage.tamper(at, 'select tenancy.edition() as edition'))[0]?.['edition'];

  it('is another for every text', () => {
    const [, edition] = /^-- Edition (\d+)\./.exec(text) ?? [];
    expect(createHash('sha256').update(text).digest('hex')).toBe(EDITIONS[Number(edition)]);
    expect(Object.keys(EDITIONS).at(-1)).toBe(edition);
  });

  it('is laid over an older one and over one from before they were counted, and never over a newer one', async () => {
    const [older, newer] = [await foundationOf(1_001), await foundationOf(1_002)];
    const [migrator, superuser] = [stage.migrator.bind(stage), stage.superuser.bind(stage)];
    await stage.tamper(at, 'alter table tenancy.foundation drop column edition');
    expect(await migrator(at, (session) => older.isCurrent(session))).toBe(false);
    expect(await superuser(at, (session) => older.layIfOther(session))).toBe(true);
    expect(await laid()).toBe(1_001);
    expect(await migrator(at, (session) => newer.isCurrent(session))).toBe(false);
    expect(await superuser(at, (session) => newer.lay(session))).toBe(true);
    for (const build of [older, newer]) {
      expect(await migrator(at, (session) => build.isCurrent(session))).toBe(true);
      expect(await superuser(at, (session) => build.layIfOther(session))).toBe(false);
    }
    expect(await superuser(at, (session) => older.lay(session))).toBe(false);
    expect(await laid()).toBe(1_002);
    expect(await superuser(at, (session) => newer.lay(session))).toBe(true);
  });

  it('has no request wait for long while somebody else keeps it from being laid', async () => {
    const newer = await foundationOf(1_001);
    const looking = (): Promise<number> =>
      stage.migrator(at, async (session) => {
        const began = performance.now();
        await session.query('select from tenancy.fence');
        return performance.now() - began;
      });
    const waits: number[] = [];
    let laying: Promise<boolean> | undefined;
    await stage.migrator(at, async (lasting) => {
      await lasting.query('begin');
      await lasting.query('select from tenancy.fence');
      laying = stage.superuser(at, (session) => newer.layIfOther(session));
      const end = performance.now() + 3_000;
      while (performance.now() < end) {
        waits.push(await looking());
        await wait(50);
      }
    });
    expect(await laying).toBe(true);
    expect(Math.max(...waits)).toBeGreaterThan(50); // or nothing was in its way
    expect(Math.max(...waits)).toBeLessThan(1_000);
  });

  it('waits for nobody where it is laid already, as at most starts', async () => {
    const { clusterBootstrap, clusters } = stage.test.provisioning;
    const [cluster] = clusters;
    const shared = { ...at, database: new URL(String(cluster?.appUrl)).pathname.slice(1) };
    await stage.migrator(shared, async (lasting) => {
      await lasting.query('begin');
      await lasting.query('select from tenancy.fence');
      await clusterBootstrap.run(cluster!);
      // It is still there, and held what a new text would have waited for.
      expect((await lasting.query('select pg_current_xact_id_if_assigned()')).rowCount).toBe(1);
    });
  });

  it('is laid where there is none yet', async () => {
    await stage.tamper(at, 'drop schema tenancy cascade');
    const foundation = await foundationOf(1_001);
    expect(await stage.superuser(at, (session) => foundation.layIfOther(session))).toBe(true);
    expect(await laid()).toBe(1_001);
  });

  it('of a newer build is left to that build by whoever looks at it', async () => {
    const newer = await foundationOf(1_001);
    await stage.superuser(at, (session) => newer.lay(session));
    await stage.tamper(at, 'drop function tenancy.forget(uuid)');
    const { foundations } = stage.test.provisioning;
    const { missing, extra, repair } = await foundations.difference(at.cluster, at.database);
    expect([missing.length > 0, extra.length > 0]).toEqual([true, true]);
    expect(repair).toEqual([{ what: 'tenancy.sql', sql: [], says: expect.stringContaining('newer build') }]);
    const check = new FoundationsCheck(foundations, () => Promise.resolve([{ cluster: at.cluster, database: at.database }]));
    expect(await check.look()).toMatchObject([{ problem: expect.stringContaining('newer build') as string, mend: null }]);
    await expect(foundations.lay(at.cluster, at.database)).rejects.toThrow('newer build');
    expect(await laid()).toBe(1_001);
  });
});
