import { randomUUID } from 'node:crypto';
import type { Lockout, LockoutSubject } from '#kernel/limits/lockout.js';

const MINUTE = 60_000;

/** What every lockout promises; its clock is the one given, and it knows nobody yet. */
export function slowsGuessingDown(make: (now: () => number) => Promise<Lockout> | Lockout): void {
  let time: number;
  let lockout: Lockout;

  beforeEach(async () => {
    time = Date.now();
    lockout = await make(() => time);
  });

  const subjectOf = (given: Partial<LockoutSubject> = {}): LockoutSubject => ({
    tenantId: randomUUID(),
    account: 'ada@example.test',
    peer: '192.0.2.1',
    ...given,
  });

  async function fail(subject: LockoutSubject, times: number): Promise<void> {
    for (let round = 0; round < times; round += 1) await lockout.failed(subject);
  }

  it('lets an account fail four times without waiting', async () => {
    const ada = subjectOf();
    await fail(ada, 4);
    expect(await lockout.waitSeconds(ada)).toBe(0);
  });

  it('makes it wait 1, 2, 4 and so on seconds from the fifth failure, and never longer than 15 minutes', async () => {
    const ada = subjectOf();
    await fail(ada, 4);
    const waits: number[] = [];
    for (let round = 0; round < 13; round += 1) {
      await lockout.failed(ada);
      const wait = await lockout.waitSeconds(ada);
      waits.push(wait);
      time += wait * 1_000;
      expect(await lockout.waitSeconds(ada)).toBe(0);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('counts the failures of 15 minutes only', async () => {
    const ada = subjectOf();
    await fail(ada, 4);
    time += 15 * MINUTE;
    await fail(ada, 4);
    expect(await lockout.waitSeconds(ada)).toBe(0);
    await fail(ada, 1);
    expect(await lockout.waitSeconds(ada)).toBe(1);
  });

  it('remembers an account that had to wait for 15 minutes after its wait, and then no longer', async () => {
    const ada = subjectOf();
    await fail(ada, 10);
    expect(await lockout.waitSeconds(ada)).toBe(32);
    time += 32_000 + 15 * MINUTE - 1;
    await fail(ada, 1);
    expect(await lockout.waitSeconds(ada)).toBe(64);
    time += 64_000 + 15 * MINUTE;
    await fail(ada, 1);
    expect(await lockout.waitSeconds(ada)).toBe(0);
  });

  it('forgets the failures of an account that succeeded', async () => {
    const ada = subjectOf();
    await fail(ada, 7);
    await lockout.succeeded(ada);
    expect(await lockout.waitSeconds(ada)).toBe(0);
    await fail(ada, 4);
    expect(await lockout.waitSeconds(ada)).toBe(0);
  });

  it('stops an account wherever the failures came from', async () => {
    const ada = subjectOf();
    for (let round = 0; round < 5; round += 1) await lockout.failed({ ...ada, peer: `192.0.2.${round}` });
    expect(await lockout.waitSeconds({ ...ada, peer: '198.51.100.1' })).toBe(1);
  });

  it('stops a peer after 50 failures at whatever accounts until 15 minutes are over, and a success does not free it', async () => {
    const ada = subjectOf();
    const guess = (number: number): LockoutSubject => ({ ...ada, account: `guess-${number}` });
    for (let round = 0; round < 49; round += 1) await lockout.failed(guess(round));
    expect(await lockout.waitSeconds(ada)).toBe(0);
    time += MINUTE;
    await lockout.failed(guess(49));
    await lockout.succeeded(ada);
    expect(await lockout.waitSeconds(ada)).toBe(14 * 60);
    expect(await lockout.waitSeconds({ ...ada, peer: '192.0.2.2' })).toBe(0);
    time += 14 * MINUTE;
    expect(await lockout.waitSeconds(ada)).toBe(0);
  });

  it("does not stop another tenant's account of the same name, nor the same peer there", async () => {
    const [acme, globex] = [subjectOf(), subjectOf()];
    await fail(acme, 60);
    expect(await lockout.waitSeconds(acme)).toBe(900);
    expect(await lockout.waitSeconds(globex)).toBe(0);
    await lockout.succeeded(globex);
    expect(await lockout.waitSeconds(acme)).toBe(900);
  });
}
