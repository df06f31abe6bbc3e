import type { InvalidationChannel, InvalidationListener } from '#kernel/tenancy/invalidation-channel.js';
import type { Principal } from '#kernel/resolution/principal.js';
import type { Holder, HolderStanding, StandingReader } from '#workspace/access/standing-reader.js';
import { Standings } from '#workspace/access/standings.js';

const MINUTE = 60_000;

/** The channel as one process has it; what it publishes it hears itself, as from Redis. */
class Channel implements InvalidationChannel {
  isUp = true;
  #listener: InvalidationListener | undefined;

  listen(listener: InvalidationListener): void {
    this.#listener = listener;
  }

  async publish(tenantId: string): Promise<void> {
    this.changed(tenantId);
  }

  changed(tenantId: string): void {
    this.#listener?.changed(tenantId);
  }

  missed(): void {
    this.#listener?.missed();
  }
}

/** A database of one fact: what rank everybody has, and which sessions live. */
class Records {
  readonly sessions = new Map<string, { authenticatedAt: number; endsAt: number }>();
  readonly asked: Holder[] = [];
  rank = 0;
  isActive = true;
  hold: Promise<undefined> | undefined;

  async read(holder: Holder): Promise<HolderStanding> {
    this.asked.push(holder);
    const { rank, isActive } = this;
    const sessions = new Map(this.sessions);
    await this.hold;
    return { isActive, sum: { roles: new Set(), rank, granted: new Set() }, overrides: [], sessions };
  }
}

const member = (tenantId: string, sessionId: string | null = 's1'): Principal => ({ kind: 'member', id: 'm', tenantId, sessionId });

describe('Standings', () => {
  let records: Records;
  let channel: Channel;
  let now: number;
  let standings: Standings;

  beforeEach(() => {
    records = new Records();
    records.sessions.set('s1', { authenticatedAt: 0, endsAt: MINUTE });
    channel = new Channel();
    now = 0;
    standings = new Standings(records as unknown as StandingReader, { channel, now: () => now });
  });

  const rankOf = async (principal = member('acme')): Promise<number> => (await standings.of(principal)).rank;

  it('asks once for half a minute, and then again', async () => {
    await rankOf();
    now = 29_999;
    await rankOf();
    expect(records.asked).toHaveLength(1);
    now = 30_000;
    await rankOf();
    expect(records.asked).toHaveLength(2);
  });

  it('believes nothing older than two seconds while it does not hear of changes', async () => {
    channel.isUp = false;
    await rankOf();
    records.rank = 3;
    now = 1_999;
    expect(await rankOf()).toBe(0);
    now = 2_000;
    expect(await rankOf()).toBe(3);
  });

  it('forgets a tenant that changed, here and as told by others, and no other tenant', async () => {
    await Promise.all([rankOf(), rankOf(member('globex'))]);
    records.rank = 1;
    await standings.changed('acme');
    expect([await rankOf(), await rankOf(member('globex'))]).toEqual([1, 0]);
    records.rank = 2;
    channel.changed('acme');
    expect([await rankOf(), await rankOf(member('globex'))]).toEqual([2, 0]);
    channel.missed();
    expect(await rankOf(member('globex'))).toBe(2);
  });

  it('never knows a member of one tenant as one of another', async () => {
    await rankOf();
    records.rank = 3;
    expect(await rankOf(member('globex'))).toBe(3);
  });

  it('does not remember what was read before a change that came while it was read', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    records.hold = promise;
    const early = rankOf();
    records.rank = 2;
    await standings.changed('acme');
    records.hold = undefined;
    expect(await rankOf()).toBe(2);
    resolve(undefined);
    expect([await early, await rankOf()]).toEqual([0, 2]);
  });

  it('shares what it knows of a member between their sessions, and looks again for one that is new', async () => {
    await standings.of(member('acme', 's1'));
    records.sessions.set('s2', { authenticatedAt: 5, endsAt: MINUTE });
    expect((await standings.of(member('acme', 's2'))).session).toEqual({ authenticatedAt: 5, endsAt: MINUTE });
    expect((await standings.of(member('acme', 's1'))).session).toEqual({ authenticatedAt: 0, endsAt: MINUTE });
    expect(records.asked).toHaveLength(2);
  });

  it('looks again for a session that is over by what it knows, because it may have been prolonged', async () => {
    await standings.of(member('acme', 's1'));
    records.sessions.set('s1', { authenticatedAt: 0, endsAt: MINUTE + 20_000 });
    now = 29_000;
    records.sessions.set('s3', { authenticatedAt: 0, endsAt: 29_500 });
    expect((await standings.of(member('acme', 's3'))).session).not.toBeNull();
    records.sessions.set('s3', { authenticatedAt: 0, endsAt: MINUTE });
    now = 29_600;
    expect((await standings.of(member('acme', 's3'))).session).toEqual({ authenticatedAt: 0, endsAt: MINUTE });
  });

  it('does not look again and again for a session that is dead', async () => {
    for (let time = 0; time < 5; time += 1) expect((await standings.of(member('acme', 'gone'))).session).toBeNull();
    expect(records.asked).toHaveLength(2);
  });

  it('knows no session for a token that belongs to none', async () => {
    expect((await standings.of(member('acme', null))).session).toBeNull();
  });

  it('knows a machine by who made it, and asks nothing about an operator’s', async () => {
    const machine = { kind: 'machine', id: 'k', tenantId: 'acme', permissions: ['a:b'], createdBy: 'm' } as const;
    records.isActive = false;
    expect(await standings.of(machine)).toMatchObject({ kind: 'machine', isActive: false, keyPermissions: ['a:b'], session: null });
    expect(records.asked).toEqual([{ memberId: 'm', machineId: 'k' }]);
    const operator = await standings.of({ ...machine, permissions: null, createdBy: null });
    expect(operator).toMatchObject({ isActive: true, rank: 3, keyPermissions: null });
    expect(await standings.of({ ...machine, createdBy: null })).toMatchObject({ rank: 3, keyPermissions: ['a:b'] });
    expect(records.asked).toHaveLength(1);
  });
});
