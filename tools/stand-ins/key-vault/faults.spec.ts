import { describe, expect, it } from '@jest/globals';
import { FaultPlan, Faults } from './faults.js';

describe('planned faults', () => {
  it('are used up one a request, in order', () => {
    const faults = new Faults();
    faults.plan({ next: [{ status: 403 }, { status: 500 }] });
    expect([take(faults), take(faults), take(faults)]).toEqual([{ status: 403 }, { status: 500 }, undefined]);
  });

  it('wait for a request below their path', () => {
    const faults = new Faults();
    faults.plan({ next: [{ status: 500 }], path: '/deletedsecrets/' });
    expect(take(faults, '/secrets/a')).toBeUndefined();
    expect(take(faults, '/deletedsecrets/a')).toEqual({ status: 500 });
  });

  it('leave requests for a token alone unless a path names them', () => {
    const faults = new Faults();
    faults.plan({ always: { status: 503 } });
    expect(faults.take('/tenant/oauth2/v2.0/token', false)).toBeUndefined();
    faults.plan({ always: { status: 503 }, path: '/tenant/' });
    expect(faults.take('/tenant/oauth2/v2.0/token', false)).toEqual({ status: 503 });
  });

  it('stay when planned as always, until that is set to null', () => {
    const faults = new Faults();
    faults.plan({ always: { drop: true } });
    expect([take(faults), take(faults)]).toEqual([{ drop: true }, { drop: true }]);
    faults.plan({ always: null });
    expect(take(faults)).toBeUndefined();
  });

  it.each([{ next: [{ stauts: 500 }] }, { next: [{ status: 200 }] }, { always: { delayMs: -1 } }, { path: 'secrets' }])(
    'refuse a plan they cannot keep: %j',
    (plan) => {
      expect(FaultPlan.safeParse(plan).success).toBe(false);
    },
  );
});

function take(faults: Faults, path = '/secrets/a'): unknown {
  return faults.take(path, true);
}
