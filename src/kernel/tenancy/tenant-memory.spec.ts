import fc from 'fast-check';
import type { InvalidationListener } from '#kernel/tenancy/invalidation-channel.js';
import { TenantMemory, type TenantMemoryOptions } from '#kernel/tenancy/tenant-memory.js';

const LIMITS = { ttlMs: 30_000, unheardTtlMs: 2_000, staleMs: 300_000 };

interface Row {
  readonly tenant: string;
  readonly version: number;
}

/** A source whose reads end when they are told to, and a memory in front of it. */
class Stage {
  now = 0;
  isUp = true;
  reads = 0;
  readonly versions = new Map<string, number>();
  readonly waiting: (() => void)[] = [];
  readonly listeners: InvalidationListener[] = [];
  readonly memory: TenantMemory<Row>;

  constructor(options: Partial<TenantMemoryOptions> = {}) {
    const isUp = (): boolean => this.isUp;
    const channel = {
      get isUp() {
        return isUp();
      },
      listen: (listener: InvalidationListener) => void this.listeners.push(listener),
      publish: () => Promise.resolve(),
    };
    this.memory = new TenantMemory({ limits: LIMITS, tenants: 100, channel, now: () => this.now, ...options });
  }

  /** What the source has when the read begins is what it gives at its end. */
  ask(tenant: string): Promise<Row> {
    return this.memory.of(tenant, async () => {
      this.reads += 1;
      const row = { tenant, version: this.versions.get(tenant) ?? 0 };
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      return row;
    });
  }

  change(tenant: string): void {
    this.versions.set(tenant, (this.versions.get(tenant) ?? 0) + 1);
    for (const listener of this.listeners) listener.changed(tenant);
  }

  async settle(): Promise<void> {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      next();
      await new Promise(setImmediate);
    }
  }

  async known(tenant: string): Promise<Row> {
    const asked = this.ask(tenant);
    await this.settle();
    return asked;
  }
}

describe('what a process remembers of each tenant', () => {
  it('is never another tenant’s, and never from before a change, in whatever order reads, ends and changes come', async () => {
    const tenant = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      tenant.map((of) => ({ do: 'ask' as const, of })),
      tenant.map((of) => ({ do: 'change' as const, of })),
      fc.nat(5).map((which) => ({ do: 'end' as const, which })),
      fc.constant({ do: 'rest' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const stage = new Stage();
        const asked: { of: string; since: number; answer: Promise<Row> }[] = [];
        for (const each of steps) {
          if (each.do === 'ask') asked.push({ of: each.of, since: stage.versions.get(each.of) ?? 0, answer: stage.ask(each.of) });
          else if (each.do === 'change') stage.change(each.of);
          else if (each.do === 'end') stage.waiting.splice(each.which, 1)[0]?.();
          else await new Promise(setImmediate);
        }
        await stage.settle();
        for (const { of, since, answer } of asked) {
          const row = await answer;
          expect(row.tenant).toBe(of);
          expect(row.version).toBeGreaterThanOrEqual(since);
        }
        for (const id of ['a', 'b', 'c']) expect(await stage.known(id)).toEqual({ tenant: id, version: stage.versions.get(id) ?? 0 });
      }),
      { numRuns: 200 },
    );
  });

  it('is believed for 30 s, and for 2 s while changes are not heard of', async () => {
    const stage = new Stage();
    await stage.known('a');
    stage.now = 29_999;
    await stage.known('a');
    expect(stage.reads).toBe(1);
    stage.isUp = false;
    await stage.known('a');
    expect(stage.reads).toBe(2);
    stage.now += 1_999;
    await stage.known('a');
    expect(stage.reads).toBe(2);
    stage.now += 1;
    await stage.known('a');
    expect(stage.reads).toBe(3);
  });

  it('is given again for some minutes when the source fails, unless it was called out of date', async () => {
    const stage = new Stage();
    const fails = (): Promise<Row> => Promise.reject(new Error('away'));
    const known = await stage.known('a');
    stage.now = 60_000;
    await expect(stage.memory.of('a', fails)).resolves.toBe(known);
    stage.now = 300_000;
    await expect(stage.memory.of('a', fails)).rejects.toThrow('away');
    await stage.known('a');
    stage.change('a');
    await expect(stage.memory.of('a', fails)).rejects.toThrow('away');
  });
});
