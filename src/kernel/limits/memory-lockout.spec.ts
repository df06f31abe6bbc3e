import { slowsGuessingDown } from '#kernel/limits/lockout.contract.js';
import { MemoryLockout } from '#kernel/limits/memory-lockout.js';

describe('the lockout of one process', () => {
  slowsGuessingDown((now) => new MemoryLockout(now));
});
