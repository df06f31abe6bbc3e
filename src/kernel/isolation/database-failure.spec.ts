import { asTenantError } from '#kernel/isolation/database-failure.js';

const answered = (code: string): Error => Object.assign(new Error('as the server says it'), { severity: 'ERROR', code });

describe('a failure of the database', () => {
  it.each([
    ['55P03', 'tenant.busy'],
    ['57P01', 'tenant.unavailable'],
    ['53300', 'tenant.unavailable'],
    ['TN002', 'tenant.moving'],
    ['TN003', 'tenant.moving'],
  ])('of SQLSTATE %s is %s to the one who asked, and keeps its cause', (state, code) => {
    const cause = answered(state);
    expect(asTenantError(cause)).toMatchObject({ code, cause });
  });

  it('of the statement stays itself, so that its code can be acted on', () => {
    const cause = answered('23505');
    expect(asTenantError(cause)).toBe(cause);
  });
});
