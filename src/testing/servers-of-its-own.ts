import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startTools } from '#testing/start-tools.js';

/** Servers of every kind that one spec alone uses, for what is said of everything that lies on them; close them. */
export class ServersOfItsOwn {
  private constructor(
    /** To be given to a platform, and to processes beside those of this one. */
    readonly settings: Record<string, string>,
    private readonly end: () => Promise<void>,
  ) {}

  /** Empty and at the newest version. */
  static async start(): Promise<ServersOfItsOwn> {
    const { Children, postgresHome, startServers, bringUp, withoutSettings } = await startTools();
    const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-own-'));
    trustAsBefore(dataDir);
    const home = postgresHome(dataDir, () => undefined);
    const children = new Children(join(dataDir, 'children.json'), [dataDir, ...(home.outside === undefined ? [] : [home.outside])]);
    const end = async (): Promise<void> => {
      await children.stop();
      rmSync(dataDir, { recursive: true, force: true });
    };
    try {
      const { settings } = await startServers({ dataDir, children, home, given: {}, isFast: true, say: () => undefined });
      await bringUp(children, dataDir, { ...withoutSettings(process.env), ...settings, TENANTRY_DATA_DIR: dataDir });
      return new ServersOfItsOwn(settings, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.end();
  }
}

/** Node reads at its start which authorities it trusts: the key vault's certificate must be of the one that the test run's is of. */
function trustAsBefore(dataDir: string): void {
  const [from, to] = [dirname(String(process.env['NODE_EXTRA_CA_CERTS'])), join(dataDir, 'key-vault')];
  mkdirSync(to, { mode: 0o700 });
  for (const file of ['ca.pem', 'ca.key.pem']) copyFileSync(join(from, file), join(to, file));
}
