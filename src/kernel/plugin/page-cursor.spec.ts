import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const id = '01970000-0000-7000-8000-00000000000a';
const at = new Date('2026-01-01T00:00:00.000Z');
const key = (name: string) => ({ id: name, key: randomBytes(32) });
const [old, current] = [key('old'), key('current')];
const cursors = new PageCursors(new SigningKeys([current, old]));
const [acme, globex] = ['acme', 'globex'].map((name) => ({ id: name }) as Tenant) as [Tenant, Tenant];
const refused = expect.objectContaining({ code: 'cursor.invalid' });

describe('a page cursor', () => {
  it('gives back the position it was made of', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), (time) => {
        TenantScope.run(acme, () => {
          expect(cursors.open(cursors.seal({ at: time, id }, ['tickets', { status: 'open' }]), ['tickets', { status: 'open' }])).toEqual({
            at: time,
            id,
          });
        });
      }),
    );
  });

  it('is of one tenant, one list and one filter, in whatever order the filter is written', () => {
    const cursor = TenantScope.run(acme, () => cursors.seal({ at, id }, ['tickets', { status: 'open', label: undefined, assignee: id }]));
    TenantScope.run(acme, () => {
      expect(cursors.open(cursor, ['tickets', { assignee: id, status: 'open' }])).toEqual({ at, id });
      for (const scope of [
        ['tickets'],
        ['members', { status: 'open', assignee: id }],
        ['tickets', { status: 'completed', assignee: id }],
      ] as const)
        expect(() => cursors.open(cursor, scope)).toThrow(refused);
    });
    TenantScope.run(globex, () => expect(() => cursors.open(cursor, ['tickets', { status: 'open', assignee: id }])).toThrow(refused));
  });

  it('is accepted while the key it was signed with is being rotated out, and no longer', () => {
    TenantScope.run(acme, () => {
      const cursor = new PageCursors(new SigningKeys([old])).seal({ at, id }, ['tickets']);
      expect(cursors.open(cursor, ['tickets'])).toEqual({ at, id });
      expect(() => new PageCursors(new SigningKeys([current])).open(cursor, ['tickets'])).toThrow(refused);
    });
  });

  it.each(['', 'nonsense', '{}', 'A'.repeat(500), `${'A'.repeat(40)}.${'A'.repeat(22)}`, "x' or 1=1"])(
    'is refused when it is %j',
    (cursor) => {
      TenantScope.run(acme, () => expect(() => cursors.open(cursor, ['tickets'])).toThrow(refused));
    },
  );

  it('comes with a page that has a next one, and is the place of its last row', () => {
    TenantScope.run(acme, () => {
      const rows = [1, 2, 3].map((n) => ({ at: new Date(n), id: id.replace('a', String(n)) }));
      const page = cursors.page(rows, 2, ['tickets'], (row) => row);
      expect(page.data).toEqual(rows.slice(0, 2));
      expect(cursors.open(page.nextCursor ?? '', ['tickets'])).toEqual(rows[1]);
      for (const limit of [3, 4]) expect(cursors.page(rows, limit, ['tickets'], (row) => row)).toEqual({ data: rows, nextCursor: null });
      expect(cursors.page([], 1, ['tickets'], (row: never) => row)).toEqual({ data: [], nextCursor: null });
    });
  });

  it('is refused when any one of its characters is changed', () => {
    TenantScope.run(acme, () => {
      const cursor = cursors.seal({ at, id }, ['tickets']);
      for (let place = 0; place < cursor.length - 1; place += 1) {
        const other = cursor[place] === 'A' ? 'B' : 'A';
        expect(() => cursors.open(cursor.slice(0, place) + other + cursor.slice(place + 1), ['tickets'])).toThrow(refused);
      }
    });
  });
});
