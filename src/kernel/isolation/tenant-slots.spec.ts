import { describe, expect, it } from '@jest/globals';
import { Deadline } from '#kernel/isolation/deadline.js';
import { TenantSlots } from '#kernel/isolation/tenant-slots.js';

const soon = (): Deadline => new Deadline(20);

describe('the slots of a tenant', () => {
  it('are no more than its share, however many its statements are', async () => {
    const slots = new TenantSlots({ concurrent: 2, waiting: 8 });
    await slots.acquire('acme', soon());
    await slots.acquire('acme', soon());
    await expect(slots.acquire('acme', soon())).rejects.toMatchObject({ code: 'tenant.busy' });
  });

  it('are not taken by other tenants', async () => {
    const slots = new TenantSlots({ concurrent: 1, waiting: 0 });
    await slots.acquire('acme', soon());
    await expect(slots.acquire('globex', soon())).resolves.toBeUndefined();
  });

  it('go to whoever waited longest', async () => {
    const slots = new TenantSlots({ concurrent: 1, waiting: 2 });
    await slots.acquire('acme', soon());
    const order: string[] = [];
    const waiters = ['first', 'second'].map((name) => slots.acquire('acme', new Deadline(1_000)).then(() => order.push(name)));
    slots.release('acme');
    slots.release('acme');
    await Promise.all(waiters);
    expect(order).toEqual(['first', 'second']);
  });

  it('are refused at once when too many wait', async () => {
    const slots = new TenantSlots({ concurrent: 1, waiting: 1 });
    await slots.acquire('acme', soon());
    const waiting = slots.acquire('acme', new Deadline(1_000));
    await expect(slots.acquire('acme', new Deadline(1_000))).rejects.toMatchObject({ code: 'tenant.busy' });
    slots.release('acme');
    await waiting;
  });

  it('are not lost to one that gave up waiting', async () => {
    const slots = new TenantSlots({ concurrent: 1, waiting: 1 });
    await slots.acquire('acme', soon());
    await expect(slots.acquire('acme', soon())).rejects.toMatchObject({ code: 'tenant.busy' });
    slots.release('acme');
    await expect(slots.acquire('acme', soon())).resolves.toBeUndefined();
  });
});
