import { type FlagDeclaration, FLAGS } from '#kernel/flags/flag-registry.js';

describe.each(Object.entries<FlagDeclaration>(FLAGS))('the flag %s', (name, { owner, description, expires, type, whenUnknown }) => {
  it('has a name, an owner and says what it is for', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect([owner, description]).toEqual([expect.stringMatching(/^[a-z-]+$/), expect.stringMatching(/\.$/)]);
  });

  it('is not past its day', () => {
    expect(new Date(`${expires}T23:59:59Z`).getTime()).toBeGreaterThan(Date.now());
  });

  it('does not let out by ignorance what is not let out yet', () => {
    if (type !== 'kill-switch') expect(whenUnknown).toBe(false);
  });
});
