import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FleetStage } from '#testing/fleet/fleet-stage.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/cli.js');

describe('`up`', () => {
  it('knows of a shared home in which nobody lives yet, so that it is brought on with the others', async () => {
    const stage = await FleetStage.open(null);
    try {
      const { ledger, homes } = stage.tests.provisioning;
      await ledger.forget(stage.shared);
      await promisify(execFile)(process.execPath, [PROGRAM, 'up', '--json'], { env: { ...process.env, ...stage.settings } });
      expect(await ledger.homes()).toMatchObject([{ ...stage.shared, version: homes.newest }]);
    } finally {
      await stage.close();
    }
  }, 60_000);
});
