import { describe, expect, it } from '@jest/globals';

import { ConfigSchema } from '#main/config.js';

import { SETTING_NAMES } from './setting-names.mjs';
import { givenSettings, withoutSettings } from './settings.mjs';

describe('the settings in the environment', () => {
  const every = Object.fromEntries(Object.keys(ConfigSchema.shape).map((name) => [name, 'x']));

  it('are those that the processes read', () => {
    expect([...SETTING_NAMES].sort()).toEqual(Object.keys(ConfigSchema.shape).sort());
  });

  it('are passed on by a start, and nothing else is', () => {
    expect(givenSettings({ ...every, PATH: '/bin', HOSTNAME: 'x' })).toEqual(every);
    expect(givenSettings({ PORT: '' })).toEqual({});
  });

  it('do not reach tests, not even those that are read by what we use', () => {
    const strangers = { AWS_PROFILE: 'x', AZURE_FEDERATED_TOKEN_FILE: 'x', NODE_EXTRA_CA_CERTS: 'x', STRIPE_SECRET_KEY: 'x' };
    expect(withoutSettings({ ...every, ...strangers, PATH: '/bin', HOSTNAME: 'x' })).toEqual({ PATH: '/bin', HOSTNAME: 'x' });
  });
});
