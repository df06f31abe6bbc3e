import { describe, expect, it } from '@jest/globals';
import { isSameSnapshot, readTenantSnapshot } from './tenant-snapshot.js';

const placement = { kind: 'database', region: 'eu', cluster: 'eu-1', database: 'acme', schema: 'shared', secret: 'acme-db', epoch: 3 };
const acme = {
  id: 'a',
  slug: 'acme',
  name: 'Acme',
  plan: 'enterprise',
  status: 'active',
  access: 'full',
  billedFrom: '2026-01-31T00:00:00.000Z',
  billedUntil: '2026-02-28T00:00:00.000Z',
  homeVersion: '0010-usage',
  homeNeeds: '',
  overrides: [],
  region: 'eu',
  placement,
};

describe('a tenant snapshot from outside', () => {
  it('is read frozen, and without what is not part of it', () => {
    const read = readTenantSnapshot({ ...acme, password: 'x', placement: { ...placement, url: 'postgres://' } }, 'a');
    expect(read).toEqual(acme);
    expect(Object.isFrozen(read) && Object.isFrozen(read?.placement)).toBe(true);
  });

  it.each([
    ['nothing', null],
    ['a list', []],
    ['another tenant', { ...acme, id: 'b' }],
    ['an unknown status', { ...acme, status: 'admin' }],
    ['no name', { ...acme, name: undefined }],
    ['no placement', { ...acme, placement: null }],
    ['an unknown kind', { ...acme, placement: { ...placement, kind: 'all' } }],
    ['an epoch that is no number', { ...acme, placement: { ...placement, epoch: '3' } }],
    ['a secret that is no name', { ...acme, placement: { ...placement, secret: { value: 'x' } } }],
  ])('is refused when it is %s', (_, value) => {
    expect(readTenantSnapshot(value, 'a')).toBeNull();
  });

  it('is the same as another when every fact is', () => {
    const read = (value: unknown) => readTenantSnapshot(value, 'a')!;
    expect(isSameSnapshot(read(acme), read({ ...acme }))).toBe(true);
    expect(isSameSnapshot(read(acme), read({ ...acme, name: 'ACME' }))).toBe(false);
    expect(isSameSnapshot(read(acme), read({ ...acme, placement: { ...placement, epoch: 4 } }))).toBe(false);
  });
});
