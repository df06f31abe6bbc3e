import { beforeEach, describe, expect, it } from '@jest/globals';
import { CachedTenantDirectory } from './cached-tenant-directory.js';
import type { FillRight, SharedAnswer, SharedTenantCache } from './shared-tenant-cache.js';
import type { Tenant } from './tenant.js';

const placement = { kind: 'row', region: 'eu', cluster: 'eu-1', database: 'd', schema: 's', secret: null, epoch: 1 } as const;
const old: Tenant = {
  id: 'acme',
  slug: 'acme',
  name: 'old',
  plan: 'starter',
  status: 'active',
  access: 'full',
  billedFrom: null,
  homeVersion: null,
  homeNeeds: null,
  billedUntil: null,
  overrides: [],
  region: 'eu',
  placement,
};
const fresh: Tenant = { ...old, name: 'new' };

class Shared implements SharedTenantCache {
  kept: Tenant | null = null;
  right = 0;
  freshForMs = 30_000;
  slugs = new Map<string, string>();
  forgetting = Promise.resolve();

  async find(id: string): Promise<SharedAnswer> {
    return this.kept ? { tenant: this.kept, freshForMs: this.freshForMs } : { fill: this.#rightTo(id) };
  }

  async idOfSlug(slug: string): Promise<string | null> {
    return this.slugs.get(slug) ?? null;
  }

  noteSlug(slug: string, id: string): void {
    this.slugs.set(slug, id);
  }

  async renew(id: string): Promise<FillRight> {
    this.kept = null;
    this.right += 1;
    return this.#rightTo(id);
  }

  keep(tenant: Tenant, { token }: FillRight): void {
    if (token === String(this.right)) this.kept = tenant;
  }

  async forget(): Promise<void> {
    await this.forgetting;
    this.kept = null;
    this.right += 1;
  }

  #rightTo(tenantId: string): FillRight {
    return { tenantId, token: String(this.right) };
  }
}

let shared: Shared;
let channel: { isUp: boolean; listen: () => void; publish: () => Promise<void> };
let clock: { now: number };
let record: Tenant | null;
let reads: number;
let directory: CachedTenantDirectory;

const read = async (): Promise<Tenant | null> => ((reads += 1), record);
const records = { bySlug: read, byId: read, byDomain: read, refresh: read, apiKey: async () => null };

beforeEach(() => {
  shared = new Shared();
  channel = { isUp: true, listen: () => undefined, publish: async () => undefined };
  clock = { now: 0 };
  record = old;
  reads = 0;
  directory = new CachedTenantDirectory(records, { shared, channel, now: () => clock.now });
});

describe('the cached directory over a shared cache', () => {
  it('asks the shared cache before the records, and fills it', async () => {
    await directory.byId('acme');
    expect(shared.kept).toBe(old);
    expect(await new CachedTenantDirectory(records, { shared, channel }).byId('acme')).toBe(old);
    expect(reads).toBe(1);
  });

  it('believes a shared tenant no longer than is left of its time', async () => {
    shared.kept = old;
    shared.freshForMs = 100;
    await directory.byId('acme');
    shared.kept = fresh;
    clock.now = 99;
    expect((await directory.byId('acme'))?.name).toBe('old');
    clock.now = 100;
    expect((await directory.byId('acme'))?.name).toBe('new');
  });

  it('follows a shared slug only to a tenant that says it is its own', async () => {
    shared.slugs.set('globex', 'acme');
    shared.kept = old;
    record = { ...old, id: 'globex', slug: 'globex' };
    expect((await directory.bySlug('globex'))?.id).toBe('globex');
    shared.slugs.set('acme', 'acme');
    reads = 0;
    expect(await directory.bySlug('acme')).toBe(old);
    expect(reads).toBe(0);
  });

  it('does not remember what it found in the shared cache while that was being told to forget', async () => {
    await directory.byId('acme');
    const { promise, resolve } = Promise.withResolvers<undefined>();
    shared.forgetting = promise;
    record = fresh;
    const announced = directory.announce('acme');
    expect((await directory.byId('acme'))?.name).toBe('old');
    resolve(undefined);
    await announced;
    expect((await directory.byId('acme'))?.name).toBe('new');
  });

  it('refreshes past the shared cache and replaces what is there', async () => {
    shared.kept = old;
    record = fresh;
    expect((await directory.refresh('acme'))?.name).toBe('new');
    expect(shared.kept).toBe(fresh);
  });

  it('does not fill the shared cache with what was read before a change', async () => {
    let answer: () => void = () => undefined;
    const slow = { ...records, byId: () => new Promise<Tenant>((resolve) => (answer = () => resolve(old))) };
    const process = new CachedTenantDirectory(slow, { shared: Object.assign(shared, { forget: async () => undefined }), channel });
    const asked = process.byId('acme');
    await new Promise(setImmediate);
    process.invalidate('acme');
    answer();
    await asked;
    expect(shared.kept).toBeNull();
  });

  it('does not believe the shared cache while it does not hear of changes', async () => {
    shared.kept = old;
    record = fresh;
    channel.isUp = false;
    expect((await directory.byId('acme'))?.name).toBe('new');
  });
});
