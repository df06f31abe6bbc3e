import { describe, expect, it } from '@jest/globals';

import { StartError } from './start-error.mjs';
import { wantedPort } from './wanted-port.mjs';

describe('the port of a start', () => {
  it.each(['1', '3000', '65535'])('may be %s', (setting) => expect(wantedPort(setting)).toBe(Number(setting)));

  it.each(['abc', '', ' 3000', '3000x', '-1', '0', '65536', '1e3', '0x10', '3000.5', '١'])('is not %j, and says so', (setting) => {
    expect(() => wantedPort(setting)).toThrow(StartError);
    expect(() => wantedPort(setting)).toThrow(`PORT must be a number from 1 to 65535, and is ${JSON.stringify(setting)}.`);
  });
});
