import { failureText } from '#kernel/jobs/job-failure.js';
import { JobTimeoutError } from '#kernel/jobs/job.errors.js';

describe('what is kept of a failure', () => {
  it('is its code, or its class, and its sentence', () => {
    expect(failureText(new JobTimeoutError(5))).toBe('jobs.timeout: It was not done within 5 ms.');
    expect(failureText(new RangeError('too far'))).toBe('RangeError: too far');
  });

  it.each([
    ['an address with a password', 'connect to postgres://app:hunter2@db:5432/x failed', 'hunter2'],
    ['a signed token', 'refused eyJhbGciOi.eyJzdWIiOiJ4In0.c2lnbmF0dXJl here', 'eyJzdWIi'],
    ['what is called a password', 'login failed: password=hunter2', 'hunter2'],
    ['a bearer token', 'header was Bearer abc.def-ghi', 'abc.def'],
    ['a long run of random letters', `key is ${'aB3_'.repeat(12)}`, 'aB3_aB3_'],
  ])('does not hold %s', (_what, message, secret) => {
    const text = failureText(new Error(message));
    expect(text).not.toContain(secret);
    expect(text).toContain('[redacted]');
  });

  it('is cut, and says so little of what is no error that nothing can slip in', () => {
    expect(failureText(new Error('a b '.repeat(1_000)))).toHaveLength(500);
    expect(failureText({ password: 'hunter2' })).toBe('unknown: what was raised is no error');
  });

  it('is never cut within a character, which no database would take', () => {
    for (const before of ['', 'x']) expect(failureText(new Error(`${before}${'😀'.repeat(300)}`)).isWellFormed()).toBe(true);
  });
});
