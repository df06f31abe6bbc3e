import { describe, expect, it } from '@jest/globals';
import { VaultFault } from '../key-vault/vault-fault.js';
import { Faults } from './faults.js';

describe('planned faults', () => {
  it('are used up one a request, in order', () => {
    const faults = new Faults(VaultFault);
    faults.plan({ next: [{ status: 403 }, { status: 500 }] });
    expect([take(faults), take(faults), take(faults)]).toEqual([{ status: 403 }, { status: 500 }, undefined]);
  });

  it('wait for a request below their path', () => {
    const faults = new Faults(VaultFault);
    faults.plan({ next: [{ status: 500 }], path: '/deletedsecrets/' });
    expect(take(faults, '/secrets/a')).toBeUndefined();
    expect(take(faults, '/deletedsecrets/a')).toEqual({ status: 500 });
  });

  it('wait for a request of their method', () => {
    const faults = new Faults(VaultFault);
    faults.plan({ next: [{ status: 500 }], path: '/secrets/', method: 'PUT' });
    expect(faults.take('/secrets/a', true, 'GET')).toBeUndefined();
    expect(faults.take('/secrets/a', true, 'PUT')).toEqual({ status: 500 });
  });

  it('leave alone a request that meets them only by its path, unless a path names it', () => {
    const faults = new Faults(VaultFault);
    faults.plan({ always: { status: 503 } });
    expect(faults.take('/tenant/oauth2/v2.0/token', false)).toBeUndefined();
    faults.plan({ always: { status: 503 }, path: '/tenant/' });
    expect(faults.take('/tenant/oauth2/v2.0/token', false)).toEqual({ status: 503 });
  });

  it('stay when planned as always, until that is set to null', () => {
    const faults = new Faults(VaultFault);
    faults.plan({ always: { drop: true } });
    expect([take(faults), take(faults)]).toEqual([{ drop: true }, { drop: true }]);
    faults.plan({ always: null });
    expect(take(faults)).toBeUndefined();
  });

  it('stay for one path whatever is planned for another, until all are taken away', () => {
    const faults = new Faults(VaultFault);
    faults.plan({ always: { status: 500 }, path: '/secrets/a' });
    faults.plan({ always: { status: 503 }, path: '/secrets/b' });
    faults.plan({ always: { status: 429 }, path: '/secrets/b' });
    expect([take(faults, '/secrets/a'), take(faults, '/secrets/b')]).toEqual([{ status: 500 }, { status: 429 }]);
    faults.plan({ always: null, path: '/secrets/b' });
    expect([take(faults, '/secrets/a'), take(faults, '/secrets/b')]).toEqual([{ status: 500 }, undefined]);
    faults.plan({ always: null });
    expect(take(faults, '/secrets/a')).toBeUndefined();
  });

  it.each([{ next: [{ stauts: 500 }] }, { next: [{ status: 200 }] }, { always: { delayMs: -1 } }, { path: 'secrets' }])(
    'refuse a plan they cannot keep: %j',
    (plan) => {
      expect(() => new Faults(VaultFault).plan(plan)).toThrow();
    },
  );
});

function take(faults: Faults<VaultFault>, path = '/secrets/a'): VaultFault | undefined {
  return faults.take(path, true);
}
