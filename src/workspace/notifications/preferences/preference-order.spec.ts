import { type Preference, wishOf } from './preference-order.js';

const own = (category: Preference['category'], enabled: boolean): Preference => ({ memberId: 'm', category, channel: 'mail', enabled });
const tenants = (category: Preference['category'], enabled: boolean): Preference => ({
  memberId: null,
  category,
  channel: 'mail',
  enabled,
});

describe('the order of preferences', () => {
  it.each([
    ['nobody said anything', [], { enabled: true, source: 'system' }],
    ['the tenant said something of the channel', [tenants(null, false)], { enabled: false, source: 'tenant' }],
    ['the tenant said more of the category', [tenants(null, false), tenants('comments', true)], { enabled: true, source: 'tenant' }],
    [
      'the member said something of the channel',
      [tenants('comments', true), own(null, false)],
      { enabled: false, source: 'member-channel' },
    ],
    [
      'the member said something of the category',
      [tenants(null, false), own(null, false), own('comments', true)],
      { enabled: true, source: 'member-category' },
    ],
    [
      'others were said of other categories',
      [own('assignments', false), tenants('assignments', false)],
      { enabled: true, source: 'system' },
    ],
  ] as const)('decides when %s', (_name, said, expected) => {
    expect(wishOf('comments', 'mail', said)).toEqual(expected);
    expect(wishOf('comments', 'mail', [...said].reverse())).toEqual(expected);
  });

  it('does not let what is critical be muted by anybody', () => {
    const said = [own(null, false), own('security', false), tenants(null, false), tenants('security', false)];
    expect(wishOf('security', 'mail', said)).toEqual({ enabled: true, source: 'critical' });
    expect(wishOf('account', 'mail', said)).toEqual({ enabled: true, source: 'critical' });
  });

  it('keeps the channels apart', () => {
    expect(wishOf('comments', 'inbox', [own(null, false)])).toEqual({ enabled: true, source: 'system' });
  });
});
