import { join } from 'node:path';

import { runOnOwnServers } from './own-servers.mjs';
import { root } from './paths.mjs';

/** Specs that want places made before say so; the others would pay for them. */
const WITHOUT_POOL = { WARM_SCHEMAS: '0', WARM_DATABASES: '0', SIGNUPS_PER_MINUTE: '10000' };

/** Runs jest with these arguments against servers of its own; exits with jest's code. @param {string[]} args */
export async function runTests(args) {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const config = join(root, 'tools', 'jest.config.mjs');
  await runOnOwnServers({
    name: 'test',
    isFast: true,
    nodeArguments: () => ['--experimental-vm-modules', '--no-warnings', jest, '--config', config, ...args],
    // Specs that start processes of their own run beside others on the same servers, which take 120.
    environment: (dataDir) => ({ TENANTRY_TEST_DATA: dataDir, CONNECTIONS_PER_SERVER: '72', ...WITHOUT_POOL }),
  });
}
