import { createHash, createHmac } from 'node:crypto';

/** One master key; `id` is not secret. */
export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** What of a placement a capability depends on. */
export interface CapabilitySubject {
  readonly tenantId: string;
  readonly epoch: number;
  readonly cluster: string;
}

/**
 * Derives the capability with which a tenant's rows are opened: 64 hex digits, HMAC-SHA256 of a master key over tenant, epoch and cluster.
 * The first key is the one in use; the others are only sealed into fences, so that a key is rotated by two rolling restarts.
 */
export class CapabilityKeys {
  readonly #keys: readonly MasterKey[];
  readonly #current: MasterKey;

  constructor(keys: readonly MasterKey[]) {
    const [current] = keys;
    if (!current) throw new RangeError('at least one capability key is needed');
    this.#keys = keys;
    this.#current = current;
  }

  /** The secret to present; it goes into a bind parameter and nowhere else. */
  present(subject: CapabilitySubject): string {
    return derive(this.#current, subject);
  }

  /** What a fence keeps, for every key that may be presented: the key's id and the SHA-256 of the capability. */
  seals(subject: CapabilitySubject): { keyId: string; hash: Buffer }[] {
    return this.#keys.map((key) => ({ keyId: key.id, hash: createHash('sha256').update(derive(key, subject)).digest() }));
  }
}

function derive(master: MasterKey, { tenantId, epoch, cluster }: CapabilitySubject): string {
  return createHmac('sha256', master.key).update(`tenantry.capability\n${tenantId}\n${epoch}\n${cluster}`).digest('hex');
}
