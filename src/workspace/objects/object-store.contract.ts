import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { ObjectStore } from '#workspace/objects/object-store.js';
import { until } from '#testing/faults/until.js';
import { type ObjectPath, TenantObjects } from '#workspace/objects/tenant-objects.js';

/** A store for a spec, and what only its maker can do to it. */
export interface StoreOnTrial {
  readonly store: ObjectStore;
  /** How long the store may take to say that it is away. */
  readonly patienceMs: number;
  /** Whatever lies in the store, drafts too, by any name. */
  everything(): Promise<readonly string[]>;
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** What every object store promises: call it once per store inside a describe block. Pages of a list should hold two objects at most, where there are pages. */
export function keepsObjects(open: () => Promise<StoreOnTrial>): void {
  let trial: StoreOnTrial;
  let acme: Tenant;
  let globex: Tenant;
  let objects: TenantObjects;

  beforeAll(async () => {
    trial = await open();
    objects = new TenantObjects(trial.store);
  });
  beforeEach(() => {
    acme = tenantNamed('acme');
    globex = tenantNamed('globex');
  });
  afterEach(async () => {
    // A write that was given up may still arrive.
    await until(async () => {
      for (const tenant of [acme, globex]) await TenantScope.run(tenant, () => objects.deleteBelow([]));
      return (await trial.everything()).length === 0;
    }, 5_000);
  });
  afterAll(() => trial.close());

  const put = (tenant: Tenant, path: ObjectPath, content: Buffer, declared: { size?: number; sha256?: string } = {}) =>
    TenantScope.run(tenant, () =>
      objects.put(path, inPieces(content), { size: content.length, contentType: 'application/octet-stream', ...declared }),
    );
  const get = (tenant: Tenant, path: ObjectPath) =>
    TenantScope.run(tenant, async () => {
      const { body, size } = await objects.get(path);
      return { size, content: await buffer(body) };
    });
  const list = (tenant: Tenant, path: readonly string[] = []) =>
    TenantScope.run(tenant, async () => {
      const found = await gather(objects.list(path));
      return found.map(({ path: [...parts], size }) => `${parts.join('/')} ${size}`).sort();
    });

  it.each([0, 1, 70_000, 6 * 1024 * 1024])('gives back the %i bytes it was given', async (size) => {
    const [id, content] = [randomUUID(), randomBytes(size)];
    const sha256 = sha256Of(content);
    expect(await put(acme, [id], content, { sha256 })).toEqual({ size, sha256 });
    const found = await get(acme, [id]);
    expect(found.size).toBe(size);
    expect(sha256Of(found.content)).toBe(sha256);
  });

  it('knows no object that was not put, that another tenant put or that was deleted', async () => {
    const [id, content] = [randomUUID(), Buffer.from('mine')];
    await put(acme, [id], content);
    await expect(get(acme, [randomUUID()])).rejects.toMatchObject({ code: 'objects.not-found' });
    await expect(get(globex, [id])).rejects.toMatchObject({ code: 'objects.not-found' });
    await TenantScope.run(globex, () => objects.delete([id]));
    expect(await get(acme, [id])).toEqual({ size: 4, content });
    await TenantScope.run(acme, () => objects.delete([id]));
    await expect(get(acme, [id])).rejects.toMatchObject({ code: 'objects.not-found' });
    await TenantScope.run(acme, () => objects.delete([id]));
  });

  it('keeps the last of several objects put in one place', async () => {
    const id = randomUUID();
    for (const content of ['first, and longer', 'second']) await put(acme, [id], Buffer.from(content));
    expect(await get(acme, [id])).toEqual({ size: 6, content: Buffer.from('second') });
    expect(await list(acme)).toEqual([`${id} 6`]);
  });

  it('keeps one of several objects put in one place at once, whole', async () => {
    const [id, contents] = [randomUUID(), ['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(100_000, letter))];
    await Promise.all(contents.map((content) => put(acme, [id], content)));
    const { content } = await get(acme, [id]);
    expect(contents.some((each) => each.equals(content))).toBe(true);
  });

  it('lists what lies below a path, over several pages, and nothing of another tenant', async () => {
    const ticket = randomUUID();
    const paths: ObjectPath[] = [[ticket], ...Array.from({ length: 5 }, (): ObjectPath => [ticket, randomUUID()]), [randomUUID()]];
    for (const path of paths) await put(acme, path, Buffer.from('x'));
    await put(globex, [ticket, randomUUID()], Buffer.from('other'));
    expect(await list(acme)).toEqual(paths.map((path) => `${path.join('/')} 1`).sort());
    expect(await list(acme, [ticket])).toEqual(
      paths
        .slice(1, 6)
        .map((path) => `${path.join('/')} 1`)
        .sort(),
    );
    expect(await list(acme, [randomUUID()])).toEqual([]);
  });

  it('lists for the tenant of the call, wherever the list is read', async () => {
    await put(acme, [randomUUID()], Buffer.from('mine'));
    await put(globex, [randomUUID()], Buffer.from('other'));
    const asked = TenantScope.run(acme, () => objects.list([]));
    expect((await TenantScope.run(globex, () => gather(asked))).map(({ size }) => size)).toEqual([4]);
  });

  it('deletes everything below a path, of one tenant, and counts it', async () => {
    const ticket = randomUUID();
    for (const tenant of [acme, globex])
      for (let each = 0; each < 3; each += 1) await put(tenant, [ticket, randomUUID()], Buffer.from('x'));
    await put(acme, [ticket], Buffer.from('beside'));
    expect(await TenantScope.run(acme, () => objects.deleteBelow([ticket]))).toBe(3);
    expect(await list(acme)).toEqual([`${ticket} 6`]);
    expect(await list(globex)).toHaveLength(3);
    expect(await TenantScope.run(acme, () => objects.deleteBelow([]))).toBe(1);
    expect(await TenantScope.run(acme, () => objects.deleteBelow([]))).toBe(0);
    expect(await list(globex)).toHaveLength(3);
  });

  it('takes an upload beside a deletion of everything around it', async () => {
    const ticket = randomUUID();
    for (let each = 0; each < 10; each += 1) {
      const id = randomUUID();
      await put(acme, [ticket, randomUUID()], Buffer.from('x'));
      await Promise.all([put(acme, [ticket, id], Buffer.from('new')), TenantScope.run(acme, () => objects.delete([ticket, id]))]);
      await Promise.all([put(acme, [ticket, id, id], Buffer.from('new')), TenantScope.run(acme, () => objects.deleteBelow([ticket]))]);
    }
  });

  it.each([
    ['shorter', 'objects.wrong-size', { size: 100_001 }],
    ['longer', 'objects.wrong-size', { size: 99_999 }],
    ['longer than nothing', 'objects.wrong-size', { size: 0 }],
    ['another', 'objects.wrong-checksum', { sha256: sha256Of(Buffer.from('another')) }],
  ])('refuses a body that is %s than declared, and keeps what was there', async (_title, code, declared) => {
    const id = randomUUID();
    await put(acme, [id], Buffer.from('before'));
    await expect(put(acme, [id], randomBytes(100_000), declared)).rejects.toMatchObject({ code });
    await expect(put(acme, [randomUUID()], randomBytes(100_000), declared)).rejects.toMatchObject({ code });
    expect(await get(acme, [id])).toEqual({ size: 6, content: Buffer.from('before') });
    expect(await trial.everything()).toHaveLength(1);
  });

  it.each([0, 1_000, 3_000_000])('keeps nothing of an upload that breaks off after %i bytes', async (sent) => {
    const body = new PassThrough();
    const stored = TenantScope.run(acme, () => objects.put([randomUUID()], body, { size: 6_000_000, contentType: 'text/plain' }));
    const refusal = expect(stored).rejects.toMatchObject({ code: 'objects.upload-interrupted', cause: { message: 'hung up' } });
    await new Promise((resolve) => body.write(randomBytes(sent), resolve));
    body.destroy(new Error('hung up'));
    await refusal;
    expect(await trial.everything()).toEqual([]);
  });

  it('lives through a body that fails before it is read', async () => {
    const body = new PassThrough();
    const stored = TenantScope.run(acme, () => objects.put([randomUUID()], body, { size: 1, contentType: 'text/plain' }));
    body.destroy(new Error('hung up'));
    await expect(stored).rejects.toMatchObject({ code: 'objects.upload-interrupted' });
  });

  it('keeps nothing of an upload that broke off before it began', async () => {
    const body = new PassThrough();
    body.destroy();
    const stored = TenantScope.run(acme, () => objects.put([randomUUID()], body, { size: 1, contentType: 'text/plain' }));
    await expect(stored).rejects.toMatchObject({ code: 'objects.upload-interrupted' });
  });

  it('leaves the body of a refused upload open, for the answer that its caller is owed', async () => {
    const body = new PassThrough();
    body.write(randomBytes(10));
    const stored = TenantScope.run(acme, () => objects.put([randomUUID()], body, { size: 1, contentType: 'text/plain' }));
    await expect(stored).rejects.toMatchObject({ code: 'objects.wrong-size' });
    expect(body.destroyed).toBe(false);
    body.destroy();
  });

  it.each([['..'], ['../..'], [''], ['a'], ['%2e%2e'], [`${randomUUID()}/..`], [randomUUID().toUpperCase()]])(
    'refuses a path with %j for an id',
    async (part) => {
      const refusal = { code: 'objects.invalid-key' };
      await expect(put(acme, [randomUUID(), part], Buffer.from('x'))).rejects.toMatchObject(refusal);
      await expect(get(acme, [part])).rejects.toMatchObject(refusal);
      await expect(TenantScope.run(acme, () => objects.delete([part]))).rejects.toMatchObject(refusal);
      await expect(TenantScope.run(acme, () => objects.deleteBelow([part]))).rejects.toMatchObject(refusal);
      await expect(list(acme, [part])).rejects.toMatchObject(refusal);
      for (const key of [`tenants/${part}/../x`, '../x', '/x'])
        await expect(trial.store.put(key, Readable.from([]), { size: 0, contentType: 'text/plain' })).rejects.toMatchObject(refusal);
    },
  );

  it('does nothing for nobody', async () => {
    await expect(objects.get([randomUUID()])).rejects.toMatchObject({ code: 'tenancy.no-tenant' });
    expect(() => objects.list([])).toThrow(expect.objectContaining({ code: 'tenancy.no-tenant' }));
  });

  it('says that it is away, within its time-out, and works once it is back', async () => {
    const [id, content] = [randomUUID(), randomBytes(100_000)];
    await put(acme, [id], content);
    await trial.leave();
    const begun = performance.now();
    const answers = await Promise.allSettled([
      put(acme, [randomUUID()], Buffer.from('lost')),
      get(acme, [id]),
      TenantScope.run(acme, () => objects.delete([randomUUID()])),
      TenantScope.run(acme, () => objects.deleteBelow([randomUUID()])),
      list(acme),
    ]);
    const took = performance.now() - begun;
    await trial.comeBack();
    expect(answers.map((answer) => answer.status === 'rejected' && answer.reason.code)).toEqual(Array(5).fill('objects.unavailable'));
    expect(took).toBeLessThan(trial.patienceMs + 2_000);
    expect((await get(acme, [id])).content.equals(content)).toBe(true);
  });
}

function tenantNamed(name: string): Tenant {
  const id = randomUUID();
  const region = 'eu';
  const placement = { kind: 'row', region, cluster: 'one', database: 'shared', schema: 'public', secret: null, epoch: 1 } as const;
  return {
    id,
    slug: `${name}-${id}`,
    name,
    plan: 'starter',
    status: 'active',
    access: 'full',
    billedFrom: null,
    homeVersion: null,
    homeNeeds: null,
    billedUntil: null,
    overrides: [],
    region,
    placement,
  };
}

/** Uneven pieces, as a network gives them. */
function inPieces(content: Buffer): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7) % 60_013) yield content.subarray(at, at + size);
    })(),
    { objectMode: false },
  );
}

async function gather<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of from) all.push(each);
  return all;
}

function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
