import { planFaults, readLog } from '#tools/stand-ins/key-vault/stand-in-control.js';

type Access = Parameters<typeof planFaults>[0];
type Fault = NonNullable<Parameters<typeof planFaults>[1]['always']>;

/** The switches of the test run's key vault; faults meet one secret's name only, so that other specs are not disturbed. */
export class VaultControl {
  readonly #access = { url: process.env['AZURE_KEY_VAULT_URL'], caFile: process.env['NODE_EXTRA_CA_CERTS'] } as Access;

  /** How often a secret has been read. */
  async reads(secret: string): Promise<number> {
    const log = await readLog(this.#access);
    return log.filter(({ method, path, status }) => method === 'GET' && path.startsWith(`/secrets/${secret}`) && status !== 401).length;
  }

  /** From now on, for this secret; null: no fault any more. */
  async always(secret: string, fault: Fault | null): Promise<void> {
    await planFaults(this.#access, { always: fault, path: `/secrets/${secret}` });
  }
}
