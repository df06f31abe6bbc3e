import type { Foundations } from './foundations.js';
import { FleetVerifier, type VerifiedHome } from './fleet-verifier.js';
import type { HomeDifference, HomeSeen, HomeTruth } from './home-truth.js';

const DIFFERENCE: HomeDifference = { missing: [{ what: 'table a', is: 'there' }], extra: [], changed: [], repair: [] };

const NONE: HomeDifference = { missing: [], extra: [], changed: [], repair: [] };
const FIRM: Pick<Foundations, 'difference'> = {
  difference: () => Promise.resolve({ ...NONE, isOfNewerBuild: false }),
};

/** Homes whose name begins with "bad" are drifted. */
class CountingTruth implements HomeTruth {
  readonly asked: string[] = [];
  differences = 0;
  running = 0;
  most = 0;

  async fingerprints(cluster: string, database: string, homes: readonly string[]): Promise<ReadonlyMap<string, HomeSeen>> {
    this.asked.push(`${cluster}/${database}`);
    this.most = Math.max(this.most, ++this.running);
    await new Promise(setImmediate);
    this.running -= 1;
    return new Map(
      homes.map((home) => [
        home,
        { hash: home.startsWith('bad') ? 'other' : 'golden', version: home.startsWith('silent') ? null : '0001' },
      ]),
    );
  }

  async reference(): Promise<string> {
    return 'golden';
  }

  async difference(): Promise<HomeDifference> {
    this.differences += 1;
    return DIFFERENCE;
  }
}

const homes = (database: string, ...names: string[]): VerifiedHome[] =>
  names.map((home) => ({ cluster: 'eu', database, home, version: '0001' }));

describe('the verification of a fleet', () => {
  it('asks each database once, several at a time, and names a difference that many have once', async () => {
    const truth = new CountingTruth();
    const targets = ['a', 'b', 'c', 'd', 'e'].flatMap((database) => homes(database, 'good', 'bad1', 'bad2'));
    const { checked, drifted, unreachable } = await new FleetVerifier(truth, FIRM, 2).verify(targets);
    expect([checked, drifted.length, unreachable]).toEqual([15, 10, []]);
    expect([truth.asked.length, truth.most, truth.differences]).toEqual([5, 2, 5]);
    expect(drifted[0]).toEqual({ target: targets[1], version: '0001', ...DIFFERENCE });
  });

  it("takes each home's own word for its version, and says where the ledger has another", async () => {
    const [noted, ahead, silent, nobody] = homes('a', 'good', 'good-ahead', 'silent', 'silent-too') as [
      VerifiedHome,
      VerifiedHome,
      VerifiedHome,
      VerifiedHome,
    ];
    const targets = [noted, { ...ahead, version: '0002' }, { ...silent, version: '0001' }, { ...nobody, version: null }];
    const { checked, drifted } = await new FleetVerifier(new CountingTruth(), FIRM).verify(targets);
    expect([checked, drifted]).toEqual([
      4,
      [
        {
          ...{ target: targets[1], version: '0001', missing: [], extra: [], changed: [] },
          repair: [{ what: 'ledger', sql: [], says: expect.stringContaining('the ledger says 0002, it has 0001') as string }],
        },
      ],
    ]);
  });

  it('holds what homes stand on against its own file, once a database, and one that cannot be looked at costs no home its answer', async () => {
    const asked: string[] = [];
    const foundations: Pick<Foundations, 'difference'> = {
      difference: async (cluster, database) => {
        asked.push(`${cluster}/${database}`);
        if (database === 'b') throw new Error('no answer');
        return { ...(database === 'a' ? DIFFERENCE : NONE), isOfNewerBuild: false };
      },
    };
    const targets = ['a', 'b', 'c'].flatMap((database) => homes(database, 'good', 'good-too'));
    expect(await new FleetVerifier(new CountingTruth(), foundations).verify(targets)).toEqual({
      checked: 6,
      drifted: [{ target: { cluster: 'eu', database: 'a', home: 'tenancy', version: null }, version: 'tenancy.sql', ...DIFFERENCE }],
      unreachable: [{ target: { cluster: 'eu', database: 'b', home: 'tenancy', version: null }, reason: 'unreachable' }],
    });
    expect(asked.sort()).toEqual(['eu/a', 'eu/b', 'eu/c']);
  });
});
