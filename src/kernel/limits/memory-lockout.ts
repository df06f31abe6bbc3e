import { LRUCache } from 'lru-cache';
import { delayAfter, LOCKOUT_RULES } from '#kernel/limits/lockout-rules.js';
import { Lockout, type LockoutSubject } from '#kernel/limits/lockout.js';

const KEPT_AT_MOST = 50_000;

interface Failures {
  count: number;
  waitsUntil: number;
  endsAt: number;
}

/** The failures that this process saw, of the 50,000 accounts and 50,000 peers that failed last. */
export class MemoryLockout extends Lockout {
  readonly #accounts = new LRUCache<string, Failures>({ max: KEPT_AT_MOST });
  readonly #peers = new LRUCache<string, Failures>({ max: KEPT_AT_MOST });

  constructor(private readonly now: () => number = Date.now) {
    super();
  }

  failed(subject: LockoutSubject): Promise<void> {
    const { failures, peerFailures, windowMs } = LOCKOUT_RULES;
    const account = this.#count(this.#accounts, accountKey(subject));
    if (account.count >= failures) {
      account.waitsUntil = this.now() + delayAfter(account.count, LOCKOUT_RULES);
      account.endsAt = account.waitsUntil + windowMs;
    }
    const peer = this.#count(this.#peers, peerKey(subject));
    if (peer.count >= peerFailures) peer.waitsUntil = peer.endsAt;
    return Promise.resolve();
  }

  succeeded(subject: LockoutSubject): Promise<void> {
    this.#accounts.delete(accountKey(subject));
    return Promise.resolve();
  }

  waitSeconds(subject: LockoutSubject): Promise<number> {
    const account = this.#accounts.get(accountKey(subject))?.waitsUntil ?? 0;
    const peer = this.#peers.get(peerKey(subject))?.waitsUntil ?? 0;
    return Promise.resolve(Math.max(0, Math.ceil((Math.max(account, peer) - this.now()) / 1_000)));
  }

  #count(all: LRUCache<string, Failures>, key: string): Failures {
    const known = all.get(key);
    const begun = { count: 0, waitsUntil: 0, endsAt: this.now() + LOCKOUT_RULES.windowMs };
    const failures = known && known.endsAt > this.now() ? known : begun;
    failures.count += 1;
    all.set(key, failures);
    return failures;
  }
}

function accountKey({ tenantId, account }: LockoutSubject): string {
  return `${tenantId}\n${account}`;
}

function peerKey({ tenantId, peer }: LockoutSubject): string {
  return `${tenantId}\n${peer}`;
}
