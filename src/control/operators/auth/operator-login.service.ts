import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OperatorCatalog, type OperatorBook } from '#catalog/operators/operator-catalog.js';
import type { OperatorAccount } from '#catalog/operators/operator-people.js';
import { LocalRateLimiter } from '#kernel/limits/local-rate-limiter.js';
import { Lockout, type LockoutSubject } from '#kernel/limits/lockout.js';
import { peerNetworkOf } from '#kernel/limits/peer-network.js';
import { Clock } from '#kernel/work/clock.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { LoginRefusedError } from '#workspace/members/auth.errors.js';
import { PasswordCheck } from '#workspace/members/passwords/password-check.js';
import { deviceName } from '#workspace/members/sessions/device-name.js';
import { hashRefreshToken, mintRefreshToken } from '#workspace/members/sessions/refresh-token.js';
import type { SessionTokenSet } from '#workspace/members/sessions/session-tokens.js';
import { actingAsOperator } from '../acting-operator.js';
import { OperatorPasswords } from './operator-passwords.js';
import { OPERATOR_LIFETIMES, OPERATORS_PLACE } from './operator-rules.js';
import { OperatorSessionTokens } from './operator-session-tokens.js';

/** So many refused attempts a minute are put on record; of a flood, its beginning. */
const REFUSALS = { limit: 20, windowSeconds: 60 };

/** Lets operators in by their password, by the rules of everybody's: nothing tells whether an account exists, and every attempt costs one comparison. */
@Injectable()
export class OperatorLoginService {
  readonly #check: PasswordCheck;
  readonly #refusals = new LocalRateLimiter();

  constructor(
    private readonly operators: OperatorCatalog,
    private readonly passwords: OperatorPasswords,
    private readonly lockout: Lockout,
    private readonly tokens: OperatorSessionTokens,
    private readonly clock: Clock,
  ) {
    this.#check = new PasswordCheck(passwords.hasher, lockout);
  }

  /** Raises LoginRefusedError, LoginLockedError and AuthBusyError. */
  async login(email: string, password: string): Promise<SessionTokenSet> {
    const account = await this.operators.once(({ people }) => people.byEmail(email));
    const stored = account?.status === 'active' ? account.passwordHash : null;
    if (!(await this.#check.isRight(subjectOf(email), stored, password)) || !account) {
      await this.#recordRefusal(account);
      throw new LoginRefusedError();
    }
    const { hasher } = this.passwords;
    const stronger = stored !== null && hasher.isOutdated(stored) ? await hasher.hash(password) : null;
    return this.operators.transaction((book) => this.#begin(book, account, stored, stronger));
  }

  /** Forgets failed attempts of an account whose owner has shown by a link who they are. */
  forgive(email: string): Promise<void> {
    return this.lockout.succeeded(subjectOf(email));
  }

  /** Looks again, under a lock, at what the password was compared with: a change of either since then wins. */
  async #begin(book: OperatorBook, { id }: OperatorAccount, stored: string | null, stronger: string | null): Promise<SessionTokenSet> {
    const current = await book.people.locked(id);
    if (current?.status !== 'active' || current.passwordHash !== stored) throw new LoginRefusedError();
    if (stronger !== null) await book.people.rehash(id, stronger);
    const at = this.clock.now();
    const sessionId = randomUUIDv7();
    const { ip = null, userAgent } = WorkOrigin.current();
    const device = deviceName(userAgent);
    const refreshToken = mintRefreshToken();
    const expiresAt = new Date(at.getTime() + OPERATOR_LIFETIMES.absoluteMs);
    const idleExpiresAt = new Date(at.getTime() + OPERATOR_LIFETIMES.idleMs);
    await book.sessions.forget(id, new Date(at.getTime() - OPERATOR_LIFETIMES.rememberedMs));
    const client = { device, userAgent: userAgent ?? null, ip };
    await book.sessions.begin({ id: sessionId, operatorId: id, ...client, at, idleExpiresAt, expiresAt });
    await book.tokens.add({ hash: hashRefreshToken(refreshToken), sessionId, parentHash: null, at });
    await actingAsOperator({ id, name: current.name, roles: [], sessionId }, () =>
      book.record({ action: 'operator.sign-in', targets: [operatorTarget(id)], details: { device } }),
    );
    return this.tokens.of({ id: sessionId, refreshToken, idleExpiresAt });
  }

  async #recordRefusal(account: OperatorAccount | null): Promise<void> {
    const { allowed } = await this.#refusals.hit(OPERATORS_PLACE, REFUSALS);
    const targets = account ? [operatorTarget(account.id)] : [];
    if (allowed) await this.operators.recordAlone({ action: 'operator.sign-in', targets, outcome: 'failure' });
  }
}

/** An operator, as what something was done to. */
export function operatorTarget(id: string): { readonly type: string; readonly id: string } {
  return { type: 'operator', id };
}

function subjectOf(account: string): LockoutSubject {
  return { tenantId: OPERATORS_PLACE, account, peer: peerNetworkOf(WorkOrigin.current().ip ?? 'unknown') };
}
