import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Children {
  stop(): Promise<void>;
}

interface Home {
  readonly outside: string | undefined;
}

/** What the start-up script starts servers with. */
interface StartTools {
  readonly Children: new (recordFile: string, removeAtTheEnd: string[]) => Children;
  readonly postgresHome: (dataDir: string, say: (line: string) => void) => Home;
  readonly portsFor: (dataDir: string, names: string[]) => Promise<Record<string, number>>;
  readonly startPostgres: (
    children: Children,
    home: Home,
    cluster: { name: string; port: number; password: string; isFast: boolean },
  ) => Promise<void>;
}

/** A PostgreSQL server that nobody of ours has made, as a customer would bring it; close it. */
export class CustomerServer {
  private constructor(
    readonly url: string,
    readonly password: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(): Promise<CustomerServer> {
    const { Children, postgresHome, portsFor, startPostgres } = await startTools();
    const folder = mkdtempSync(join(tmpdir(), 'tenantry-customer-'));
    const home = postgresHome(folder, () => undefined);
    const children = new Children(join(folder, 'children.json'), [folder, ...(home.outside === undefined ? [] : [home.outside])]);
    const password = `canary-${randomBytes(18).toString('base64url')}`;
    const { postgres: port = 0 } = await portsFor(folder, ['postgres']);
    await startPostgres(children, home, { name: 'customer', port, password, isFast: true });
    return new CustomerServer(`postgres://postgres:${password}@127.0.0.1:${String(port)}/postgres`, password, async () => {
      await children.stop();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  close(): Promise<void> {
    return this.end();
  }
}

async function startTools(): Promise<StartTools> {
  const from = (file: string): Promise<object> =>
    import(pathToFileURL(join(import.meta.dirname, '../../tools/start', file)).href) as Promise<object>;
  const files = ['children.mjs', 'postgres-home.mjs', 'ports.mjs', 'postgres.mjs'];
  return Object.assign({}, ...(await Promise.all(files.map(from)))) as StartTools;
}
