import { planFaults, readLog, type StandInAccess } from '#tools/stand-ins/common/stand-in-control.js';
import type { VaultFault } from '#tools/stand-ins/key-vault/vault-fault.js';

/** The switches of the test run's key vault; faults meet one secret's name only, so that other specs are not disturbed. */
export class VaultControl {
  readonly #access = { url: process.env['AZURE_KEY_VAULT_URL'], caFile: process.env['NODE_EXTRA_CA_CERTS'] } as StandInAccess;

  /** How often a secret has been read. */
  async reads(secret: string): Promise<number> {
    const log = await readLog(this.#access);
    return log.filter(({ method, path, status }) => method === 'GET' && path.startsWith(`/secrets/${secret}`) && status !== 401).length;
  }

  /** From now on, for this secret; null: no fault any more. */
  async always(secret: string, fault: VaultFault | null): Promise<void> {
    await planFaults(this.#access, { always: fault, path: `/secrets/${secret}` });
  }
}
