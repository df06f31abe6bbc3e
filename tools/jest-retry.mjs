import { expect, jest } from '@jest/globals';

// What meets real servers meets their deadlines too, beside other specs on shared cores: one that fails for want of time is tried once more,
// and its first failure is printed. Everything else passes at once or fails.
const { testPath = '' } = expect.getState();
if (/\.(e2e|int)-spec\.ts$/.test(testPath)) jest.retryTimes(1, { logErrorsBeforeRetry: true });
