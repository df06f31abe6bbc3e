import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTools } from '#testing/start-tools.js';

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
