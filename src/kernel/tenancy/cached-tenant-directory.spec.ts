import { describe, expect, it } from '@jest/globals';
import type { ApiKeyCredential, CredentialDirectory } from '#kernel/resolution/credential-directory.js';
import { CachedTenantDirectory } from './cached-tenant-directory.js';
import type { InvalidationListener } from './invalidation-channel.js';
import type { TenantDirectory } from './tenant-directory.js';
import type { Tenant } from './tenant.js';

const ALL_RIGHTS = { permissions: null, createdBy: null };

function tenantOf(id: string, facts: Partial<Tenant> = {}): Tenant {
  const placement = Object.freeze({
    ...{ kind: 'row' as const, region: 'eu', cluster: 'eu-1', database: 'tenantry', schema: 'shared' },
    ...{ secret: null, epoch: 1 },
  });
  return Object.freeze({
    id,
    slug: id,
    name: id,
    plan: 'starter',
    status: 'active' as const,
    access: 'full' as const,
    billedFrom: null,
    homeVersion: null,
    homeNeeds: null,
    billedUntil: null,
    overrides: [],
    region: 'eu',
    placement,
    ...facts,
  });
}

/** The records, which can be changed, counted, held up after they were read, and out of reach. */
class Records implements TenantDirectory, CredentialDirectory {
  readonly tenants = new Map<string, Tenant>();
  readonly domains = new Map<string, string>();
  readonly keys = new Map<string, ApiKeyCredential>();
  reads = 0;
  isDown = false;
  held: Promise<void> | null = null;

  put(tenant: Tenant): void {
    this.tenants.set(tenant.id, tenant);
  }

  /** Until the answer is called, whoever reads has read but is not answered. */
  holdUp(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.held = promise;
    return () => {
      this.held = null;
      resolve(undefined);
    };
  }

  bySlug(slug: string): Promise<Tenant | null> {
    return this.#read(() => [...this.tenants.values()].find((tenant) => tenant.slug === slug));
  }

  byId(id: string): Promise<Tenant | null> {
    return this.#read(() => this.tenants.get(id));
  }

  byDomain(domain: string): Promise<Tenant | null> {
    return this.#read(() => this.tenants.get(this.domains.get(domain) ?? ''));
  }

  refresh(id: string): Promise<Tenant | null> {
    return this.byId(id);
  }

  async apiKey(hash: string): Promise<ApiKeyCredential | null> {
    return this.#read(() => this.keys.get(hash));
  }

  async #read<T>(find: () => T | undefined): Promise<T | null> {
    this.reads += 1;
    if (this.isDown) throw new Error('the records cannot be read');
    const found = find();
    await this.held;
    return found ?? null;
  }
}

class Channel {
  isUp = true;
  listeners: InvalidationListener[] = [];

  listen(listener: InvalidationListener): void {
    this.listeners.push(listener);
  }

  async publish(id: string): Promise<void> {
    for (const listener of this.listeners) listener.changed(id);
  }
}

function open(limits = {}): { records: Records; channel: Channel; directory: CachedTenantDirectory; clock: { now: number } } {
  const records = new Records();
  const channel = new Channel();
  const clock = { now: 0 };
  records.put(tenantOf('acme'));
  records.put(tenantOf('globex'));
  records.domains.set('tickets.acme.test', 'acme');
  records.keys.set('hash', { id: 'key', tenantId: 'acme', ...ALL_RIGHTS });
  return { records, channel, clock, directory: new CachedTenantDirectory(records, { channel, limits, now: () => clock.now }) };
}

const suspended = tenantOf('acme', { status: 'suspended' });

describe('the cached directory', () => {
  it('reads a tenant once, and gives the same object by every name', async () => {
    const { directory, records } = open();
    const [bySlug, again, byId] = [await directory.bySlug('acme'), await directory.bySlug('acme'), await directory.byId('acme')];
    expect(bySlug).toEqual(tenantOf('acme'));
    expect(again).toBe(bySlug);
    expect(byId).toBe(bySlug);
    expect(records.reads).toBe(1);
    expect(await directory.byDomain('tickets.acme.test')).toBe(bySlug);
    expect(await directory.byDomain('tickets.acme.test')).toBe(bySlug);
    expect(records.reads).toBe(2);
  });

  it('keeps the object when a later read says the same, and replaces it when it says something else', async () => {
    const { directory, records, clock } = open();
    const first = await directory.byId('acme');
    clock.now = 30_001;
    records.put(tenantOf('acme'));
    expect(await directory.byId('acme')).toBe(first);
    expect(records.reads).toBe(2);
    clock.now = 60_002;
    records.put(suspended);
    expect(await directory.byId('acme')).toBe(suspended);
  });

  it('reads once for all who ask at once', async () => {
    const { directory, records } = open();
    const answer = records.holdUp();
    const asked = Array.from({ length: 100 }, () => directory.bySlug('acme'));
    await Promise.resolve();
    answer();
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(records.reads).toBe(1);
  });

  it.each([
    ['by id', (directory: CachedTenantDirectory) => directory.byId('acme')],
    ['by slug', (directory: CachedTenantDirectory) => directory.bySlug('acme')],
    ['by domain', (directory: CachedTenantDirectory) => directory.byDomain('tickets.acme.test')],
    ['by refreshing', (directory: CachedTenantDirectory) => directory.refresh('acme')],
  ])('does not remember what was read %s before a change, though it is answered after', async (_, ask) => {
    const { directory, records } = open();
    const answer = records.holdUp();
    const early = ask(directory);
    await new Promise(setImmediate);
    records.put(suspended);
    directory.invalidate('acme');
    const late = ask(directory);
    answer();
    await early;
    expect((await late)?.status).toBe('suspended');
    expect((await directory.byId('acme'))?.status).toBe('suspended');
    expect((await directory.bySlug('acme'))?.status).toBe('suspended');
  });

  it('does not let a slow read put back what a refresh has replaced', async () => {
    const { directory, records } = open();
    const answer = records.holdUp();
    const slow = directory.byId('acme');
    await new Promise(setImmediate);
    records.held = null;
    records.put(suspended);
    await directory.refresh('acme');
    answer();
    await slow;
    expect(await directory.byId('acme')).toBe(suspended);
  });

  it('remembers what was read while another tenant changed', async () => {
    const { directory, records } = open();
    const answer = records.holdUp();
    const asked = directory.byId('acme');
    directory.invalidate('globex');
    answer();
    await asked;
    await directory.byId('acme');
    expect(records.reads).toBe(1);
  });

  it('forgets everything, and what is being read, when changes may have been missed', async () => {
    const { directory, records, channel } = open();
    await directory.byId('globex');
    const answer = records.holdUp();
    const early = directory.byId('acme');
    records.put(suspended);
    channel.listeners.forEach((listener) => listener.missed());
    answer();
    await early;
    expect(await directory.byId('acme')).toBe(suspended);
    const before = records.reads;
    await directory.byId('globex');
    expect(records.reads).toBe(before + 1);
  });

  it('forgets the API keys and domains of a tenant with it, and of no other', async () => {
    const { directory, records } = open();
    records.keys.set('other', { id: 'other', tenantId: 'globex', ...ALL_RIGHTS });
    expect(await directory.apiKey('hash')).toEqual({ id: 'key', tenantId: 'acme', ...ALL_RIGHTS });
    await directory.apiKey('other');
    await directory.byDomain('tickets.acme.test');
    records.keys.clear();
    records.domains.clear();
    directory.invalidate('acme');
    expect(await directory.apiKey('hash')).toBeNull();
    expect(await directory.byDomain('tickets.acme.test')).toBeNull();
    expect(await directory.apiKey('other')).not.toBeNull();
  });

  it('remembers for a while, and within bounds, that there is none, and asks again after any change', async () => {
    const { directory, records, clock } = open({ absent: 10 });
    expect(await directory.bySlug('initech')).toBeNull();
    expect(await directory.bySlug('initech')).toBeNull();
    expect(records.reads).toBe(1);
    for (let index = 0; index < 10; index += 1) await directory.bySlug(`nobody-${index}`);
    await directory.bySlug('initech');
    expect(records.reads).toBe(12);
    records.put(tenantOf('initech'));
    expect(await directory.bySlug('initech')).toBeNull();
    directory.invalidate('initech');
    expect(await directory.bySlug('initech')).not.toBeNull();
    await directory.bySlug('hooli');
    records.put(tenantOf('hooli'));
    clock.now += 5_001;
    expect(await directory.bySlug('hooli')).not.toBeNull();
  });

  it('does not remember that there is none when any tenant changed meanwhile', async () => {
    const { directory, records } = open();
    const answer = records.holdUp();
    const early = directory.bySlug('initech');
    await Promise.resolve();
    records.put(tenantOf('initech'));
    directory.invalidate('some-tenant');
    answer();
    await early;
    expect(await directory.bySlug('initech')).not.toBeNull();
  });

  it('finds the tenant a slug passed to when nobody told', async () => {
    const { directory, records, clock } = open();
    await directory.bySlug('acme');
    records.tenants.delete('acme');
    records.put(tenantOf('heir', { slug: 'acme' }));
    clock.now = 30_001;
    expect((await directory.bySlug('acme'))?.id).toBe('heir');
  });

  it('believes little while it does not hear of changes', async () => {
    const { directory, records, channel, clock } = open();
    await directory.bySlug('acme');
    records.put(suspended);
    channel.isUp = false;
    clock.now = 1_999;
    expect((await directory.bySlug('acme'))?.status).toBe('active');
    clock.now = 2_001;
    expect((await directory.bySlug('acme'))?.status).toBe('suspended');
  });

  it('gives what it knew for five minutes when the records cannot be read', async () => {
    const { directory, records, clock } = open();
    const known = await directory.bySlug('acme');
    await directory.apiKey('hash');
    records.isDown = true;
    clock.now = 30_001;
    expect(await directory.bySlug('acme')).toBe(known);
    expect(await directory.apiKey('hash')).toEqual({ id: 'key', tenantId: 'acme', ...ALL_RIGHTS });
    const { reads } = records;
    await directory.bySlug('acme');
    expect(records.reads).toBe(reads);
    await expect(directory.bySlug('globex')).rejects.toThrow('cannot be read');
    clock.now = 299_999;
    expect(await directory.bySlug('acme')).toBe(known);
    clock.now = 301_001;
    await expect(directory.bySlug('acme')).rejects.toThrow('cannot be read');
  });

  it('gives what it knew when the records do not answer at all', async () => {
    const { directory, records, clock } = open({ patienceMs: 5 });
    const known = await directory.byId('acme');
    clock.now = 30_001;
    const answer = records.holdUp();
    expect(await directory.byId('acme')).toBe(known);
    answer();
  });

  it('never gives what somebody called out of date, not even when the records cannot be read', async () => {
    const { directory, records, clock } = open();
    await directory.byId('acme');
    records.isDown = true;
    directory.invalidate('acme');
    await expect(directory.byId('acme')).rejects.toThrow('cannot be read');
    records.isDown = false;
    await directory.byId('acme');
    clock.now = 30_001;
    const answer = records.holdUp();
    const asked = directory.byId('acme');
    records.put(suspended);
    directory.invalidate('acme');
    answer();
    await asked;
    expect(await directory.byId('acme')).toBe(suspended);
  });

  it('does not give what was called out of date while the records were failing to answer', async () => {
    const { directory, records, clock } = open();
    await directory.byId('acme');
    clock.now = 30_001;
    const { promise, reject } = Promise.withResolvers<never>();
    records.held = promise;
    const asked = directory.byId('acme');
    directory.invalidate('acme');
    reject(new Error('the records cannot be read'));
    await expect(asked).rejects.toThrow('cannot be read');
  });

  it('refreshes past everything it remembers, once for all who ask while one is waiting', async () => {
    const { directory, records } = open();
    await directory.byId('acme');
    const answer = records.holdUp();
    const first = directory.refresh('acme');
    await Promise.resolve();
    records.put(suspended);
    const rest = Array.from({ length: 50 }, () => directory.refresh('acme'));
    answer();
    expect((await first)?.status).toBe('active');
    expect(new Set((await Promise.all(rest)).map((tenant) => tenant?.status))).toEqual(new Set(['suspended']));
    expect(records.reads).toBe(3);
    expect(await directory.byId('acme')).toBe(suspended);
  });

  it('forgets a tenant that a refresh no longer finds', async () => {
    const { directory, records } = open();
    await directory.bySlug('acme');
    records.tenants.delete('acme');
    expect(await directory.refresh('acme')).toBeNull();
    expect(await directory.byId('acme')).toBeNull();
    expect(await directory.bySlug('acme')).toBeNull();
  });

  it('tells the other processes', async () => {
    const one = open();
    const other = new CachedTenantDirectory(one.records, { channel: one.channel });
    await other.byId('acme');
    one.records.put(suspended);
    await one.directory.announce('acme');
    expect(await other.byId('acme')).toBe(suspended);
  });

  it('holds no more tenants than its bound', async () => {
    const { directory, records } = open({ tenants: 1 });
    await directory.byId('acme');
    await directory.byId('globex');
    await directory.byId('acme');
    expect(records.reads).toBe(3);
  });
});

describe('the cached directory, in any order of reads and changes', () => {
  it('never answers, once all is quiet, with anything older than the last change', async () => {
    const { directory, records } = open();
    let version = 0;
    for (let round = 0; round < 300; round += 1) {
      const answer = records.holdUp();
      const asked: Promise<unknown>[] = [];
      for (let step = 0; step < 6; step += 1) {
        const dice = Math.random();
        if (dice < 0.25) {
          records.put(tenantOf('acme', { name: `version ${++version}` }));
          directory.invalidate('acme');
        } else if (dice < 0.5) asked.push(directory.bySlug('acme'));
        else if (dice < 0.7) asked.push(directory.byId('acme'));
        else if (dice < 0.85) asked.push(directory.refresh('acme'));
        else asked.push(directory.byDomain('tickets.acme.test'));
        if (Math.random() < 0.5) await Promise.resolve();
      }
      answer();
      await Promise.all(asked);
      const current = records.tenants.get('acme');
      expect([await directory.bySlug('acme'), await directory.byId('acme')].map((tenant) => tenant?.name)).toEqual([
        current?.name,
        current?.name,
      ]);
    }
  });
});
