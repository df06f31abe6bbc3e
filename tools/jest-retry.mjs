import { expect, jest } from '@jest/globals';

// Faults and deadlines are tried against real servers on shared cores: one that fails for want of time is tried once more, and its first
// failure is printed. Everything else passes at once or fails.
const { testPath = '' } = expect.getState();
if (/\.e2e-spec\.ts$|watchdog\.int-spec\.ts$/.test(testPath)) jest.retryTimes(1, { logErrorsBeforeRetry: true });
