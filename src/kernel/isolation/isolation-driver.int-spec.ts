import { keepsTenantsApart } from '#kernel/isolation/isolation-driver.contract.js';
import { TIERS } from '#testing/test-platform.js';

describe.each(TIERS)('the %s driver', (tier) => {
  keepsTenantsApart(tier);
});
