import { describe, expect, it } from '@jest/globals';
import { REDACTED, redacted, redactedChange } from '#workspace/audit/redaction.js';

describe('what goes on record', () => {
  it.each([
    ...[
      'password',
      'newPassword',
      'password_hash',
      'apiKey',
      'api_key',
      'refreshToken',
      'token',
      'tokenHash',
      'clientSecret',
      'Authorization',
    ],
    ...['connectionString', 'connection_url', 'cookie', 'capability', 'otp', 'privateKey'],
  ])('never has the value of %s', (name) => {
    expect(redacted({ [name]: 'canary' })).toEqual({ [name]: REDACTED });
    expect(redacted([{ deep: { [name]: { more: 'canary' } } }])).toEqual([{ deep: { [name]: REDACTED } }]);
    expect(redactedChange({ path: `settings.${name}`, old: 'canary', new: null })).toEqual({
      path: `settings.${name}`,
      old: REDACTED,
      new: null,
    });
    expect(redactedChange({ path: name, old: { a: 'canary' }, new: 1 })).toEqual({ path: name, old: REDACTED, new: REDACTED });
  });

  it.each(['title', 'keyId', 'passwordChangedAt', 'tokenCount', 'spin', 'monkey', 'author'])('keeps the value of %s', (name) => {
    expect(redacted({ [name]: 'kept' })).toEqual({ [name]: 'kept' });
  });

  it.each([
    'postgres://app:canary@db.example/tenant',
    'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2ln',
    '-----BEGIN EC PRIVATE KEY-----canary',
  ])('has no credential under a name that promises nothing: %s', (text) => {
    expect(redacted({ note: `see ${text}` })).toEqual({ note: REDACTED });
    expect(redactedChange({ path: 'note', old: text, new: 'x' })).toEqual({ path: 'note', old: REDACTED, new: 'x' });
  });

  it('has a long text cut, and says how long it was', () => {
    expect(redacted('x'.repeat(5_000))).toBe(`${'x'.repeat(2_000)}… [5000 characters]`);
  });
});
