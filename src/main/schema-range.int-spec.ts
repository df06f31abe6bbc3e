import { SCHEMA_RANGE } from '#kernel/tenancy/schema-range.js';
import { HttpDoor, type Caller } from '#testing/faults/http-door.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { homeOf } from '#catalog/fleet/home-ledger.js';
import { TIERS, type Tier } from '#testing/test-platform.js';

describe('a tenant whose tables are at another version', () => {
  let stage: FleetStage;
  let door: HttpDoor;

  beforeAll(async () => {
    stage = await FleetStage.open(null);
    door = await HttpDoor.on(stage.tests);
  });
  afterAll(async () => {
    await door.close();
    await stage.close();
  });

  const known = (caller: Caller, version: string, needs: string): Promise<void> =>
    stage.tests.provisioning.ledger.correct([{ ...homeOf(caller.tenant.placement), version, needs }]);
  /** As every process is told, or the next that reads it. */
  const seen = (caller: Caller): Promise<void> => stage.tests.platform.announce(caller.tenant.id);
  const answerOf = async (caller: Caller): Promise<string | number> => {
    const { code, status } = await caller.list();
    return code ?? status;
  };
  const strangerOf = (tier: Tier): Tier => (tier === 'row' ? 'schema' : tier);

  it.each(TIERS)('is turned away alone, and served again without a word when it has been brought on (%s)', async (tier) => {
    const { newest, at } = stage.tests.provisioning.homes as { newest: string; at: { version: string; needs: string } };
    const acme = await door.caller(await stage.tests.tenant(tier));
    // A shared home is all its tenants'.
    const globex = await door.caller(await stage.tests.tenant(strangerOf(tier)));
    for (const [version, needs] of [
      ['0001-older', ''],
      ['0999-later', '0999-later'],
    ] as const) {
      await known(acme, version, needs);
      await seen(acme);
      const refused = await acme.list();
      expect([refused.status, refused.code]).toEqual([503, 'tenant.migrating']);
      expect(await answerOf(globex)).toBe(200);
      await known(acme, at.version, at.needs);
      expect(await answerOf(acme)).toBe(200);
    }
    await known(acme, '0999-later', '');
    await seen(acme);
    expect(await answerOf(acme)).toBe(200);
    await known(acme, newest, '');
  });

  it('is told from what this build can serve by what its migrations are', () => {
    const { line } = stage.tests.platform.homes;
    expect(SCHEMA_RANGE.to).toBe(line.at(-1)?.name);
    expect(line.map(({ name }) => name)).toContain(SCHEMA_RANGE.from);
  });
});
