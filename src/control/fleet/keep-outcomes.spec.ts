import { setTimeout as wait } from 'node:timers/promises';
import type { TargetOutcome } from '#catalog/fleet/record-outcomes.js';
import type { ClaimedTarget } from '#catalog/fleet/run-targets.js';
import type { HomeOutcome } from './home-migrator.js';
import { keepEach } from './keep-outcomes.js';

const AT = { version: '0002', needs: '' };

/** Two tenants' databases and a third one's two schemas. */
const CLAIMED = ['a/one', 'b/one', 'c/one', 'c/two'].map((target): ClaimedTarget => {
  const [database = '', home = ''] = target.split('/');
  return { cluster: 'eu', database, home, target: `eu/${target}`, tries: 0 };
});

/** Homes that end when they are told to, and targets that remember. */
class Stage {
  readonly begun: string[] = [];
  readonly kept: string[] = [];
  readonly givenBack: string[] = [];
  isRunning = true;
  readonly #ends = new Map<string, () => void>();
  readonly keeping = keepEach(
    {
      record: (outcomes: readonly TargetOutcome[]) => {
        this.kept.push(...outcomes.map(({ target, state }) => `${target} ${state}`));
        return this.onRecord();
      },
      giveBack: (some: readonly string[]) => {
        this.givenBack.push(...some);
        return Promise.resolve();
      },
    },
    CLAIMED,
    this.#outcomes(),
  );

  constructor(private readonly failing: readonly string[] = []) {
    this.keeping.catch(() => undefined);
  }

  onRecord = (): Promise<boolean> => Promise.resolve(this.isRunning);

  async end(target: string): Promise<void> {
    while (!this.#ends.has(target)) await wait(5);
    this.#ends.get(target)?.();
    await wait(20);
  }

  async *#outcomes(): AsyncGenerator<readonly HomeOutcome[]> {
    for (const home of CLAIMED) {
      this.begun.push(home.target);
      await new Promise<void>((resolve) => this.#ends.set(home.target, resolve));
      yield [
        this.failing.includes(home.target) ? { home, state: 'failed', error: 'x', isPassing: false } : { home, state: 'migrated', at: AT },
      ];
    }
  }
}

describe('what becomes of homes that were claimed', () => {
  it('is kept while the next is under way, a failure at once', async () => {
    const stage = new Stage(['eu/b/one']);
    await stage.end('eu/a/one');
    await wait(150);
    expect([stage.kept, stage.begun]).toEqual([['eu/a/one migrated'], ['eu/a/one', 'eu/b/one']]);
    await stage.end('eu/b/one');
    expect(stage.kept).toEqual(['eu/a/one migrated', 'eu/b/one failed']);
    for (const target of ['eu/c/one', 'eu/c/two']) await stage.end(target);
    expect(await stage.keeping).toBe(4);
    expect([stage.kept.length, stage.givenBack]).toEqual([4, []]);
  });

  it('is for others to see to, in other databases than one that is silent', async () => {
    const stage = new Stage();
    await stage.end('eu/a/one');
    await wait(1_300);
    expect(stage.givenBack).toEqual(['eu/c/one', 'eu/c/two']);
    await stage.end('eu/b/one');
    expect(await stage.keeping).toBe(2);
    expect([stage.begun, stage.kept]).toEqual([
      ['eu/a/one', 'eu/b/one'],
      ['eu/a/one migrated', 'eu/b/one migrated'],
    ]);
  });

  it('is awaited of the one that is under way when the run is held up, and no further one is begun', async () => {
    const stage = new Stage();
    await stage.end('eu/a/one');
    stage.isRunning = false;
    await wait(150);
    expect(stage.kept).toEqual(['eu/a/one migrated']);
    await stage.end('eu/b/one');
    expect(await stage.keeping).toBe(2);
    expect([stage.begun, stage.kept, stage.givenBack]).toEqual([
      ['eu/a/one', 'eu/b/one'],
      ['eu/a/one migrated', 'eu/b/one migrated'],
      ['eu/c/one', 'eu/c/two'],
    ]);
  });

  it('is told to whoever waits when it cannot be kept', async () => {
    const stage = new Stage();
    stage.onRecord = () => Promise.reject(new Error('the catalog is away'));
    await stage.end('eu/a/one');
    await expect(stage.keeping).rejects.toThrow('the catalog is away');
    expect(stage.begun).toEqual(['eu/a/one', 'eu/b/one']);
  });
});
