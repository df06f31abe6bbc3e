import type { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';
import { RefreshRacedError, SessionEndedError } from '../auth.errors.js';
import { hashRefreshToken, mintRefreshToken } from './refresh-token.js';
import type { ReplayCache } from './replay-cache.js';
import { openSuccessor, sealSuccessor } from './sealed-successor.js';
import type { SessionLifetimes } from './session-lifetimes.js';

/** A refresh token as it was presented. */
export interface RefreshRequest {
  readonly token: string;
  /** X-CSRF-Token, for a token that a browser sent by itself; null for one that the caller wrote into the body. */
  readonly forgery: { readonly token: string | undefined } | null;
}

/** A session as its renewal sees it. */
export interface RenewableSession {
  readonly id: string;
  /** Whose it is. */
  readonly ownerId: string;
  readonly authenticatedAt: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
  readonly isRevoked: boolean;
  /** Whether its owner may sign in. */
  readonly isActive: boolean;
}

/** A session that goes on, with the one token that renews it next. */
export interface RenewedSession extends Pick<RenewableSession, 'id' | 'ownerId' | 'authenticatedAt' | 'idleExpiresAt'> {
  readonly refreshToken: string;
}

/** Where sessions and the hashes of their tokens are kept; all that an exchange does with it is one transaction. */
export interface RefreshStore {
  /** What anti-forgery tokens of these sessions are bound to: the tenant's id, or whatever stands for one. */
  readonly place: string;
  /** Marks a token as used that was not, and gives its session; null for any other. Of several at once one gets it, and the others wait for its commit. */
  claim(hash: string, mark: { readonly usedAt: Date; readonly replacedBy: string }): Promise<string | null>;
  /** A token that was used. */
  used(hash: string): Promise<{ readonly sessionId: string; readonly usedAt: Date; readonly isSuccessorUsed: boolean } | null>;
  session(id: string): Promise<RenewableSession | null>;
  /** Keeps the next token, and how long the session may rest from now on. */
  renew(
    session: RenewableSession,
    next: { readonly hash: string; readonly parentHash: string; at: Date; idleExpiresAt: Date },
  ): Promise<void>;
  /** Ends the session of a token that was shown twice, and puts that on record. */
  endStolen(session: RenewableSession): Promise<void>;
}

/** What an exchange takes beside the store. */
export interface RefreshParts {
  readonly forgery: ForgeryGuard;
  readonly replays: ReplayCache;
  readonly keys: SigningKeys;
  readonly lifetimes: SessionLifetimes;
}

/** How an exchange ended; `isOver` tells that the session was ended, so that there is nothing to keep. */
export type RefreshOutcome =
  | { readonly kind: 'renewed'; readonly session: RenewedSession }
  | { readonly kind: 'raced' }
  | { readonly kind: 'ended'; readonly isOver: boolean };

/**
 * The rules of refresh tokens, whoever's they are. Each is good once: of several requests with one token one rotates it, and the others get
 * the same successor for a few seconds. After that, who shows it again is not its owner or its owner was robbed, and the session ends.
 */
export class RefreshExchange {
  constructor(private readonly parts: RefreshParts) {}

  /**
   * In the transaction of the store. Raises ForgeryTokenMissingError and ForgeryTokenMismatchError for a token of a browser; what else
   * speaks against it is an outcome, so that the end of a session that was stolen is kept.
   */
  async exchange(store: RefreshStore, request: RefreshRequest, now: Date): Promise<RefreshOutcome> {
    const { keys, replays, lifetimes } = this.parts;
    const successor = mintRefreshToken();
    const hash = hashRefreshToken(request.token);
    const next = hashRefreshToken(successor);
    const sessionId = await store.claim(hash, { usedAt: now, replacedBy: next });
    if (sessionId === null) return this.#replay(store, request, now);
    const session = await store.session(sessionId);
    if (!session || !isGood(session, now)) return { kind: 'ended', isOver: session?.isRevoked ?? false };
    this.#requireOwnPage(store, session, request);
    const idleExpiresAt = new Date(Math.min(now.getTime() + lifetimes.idleMs, session.expiresAt.getTime()));
    await store.renew(session, { hash: next, parentHash: hash, at: now, idleExpiresAt });
    await replays.keep(hash, sealSuccessor(keys, request.token, successor), lifetimes.graceMs);
    return { kind: 'renewed', session: renewed(session, successor, idleExpiresAt) };
  }

  /** Nothing is written here, unless the token was stolen. */
  async #replay(store: RefreshStore, request: RefreshRequest, now: Date): Promise<RefreshOutcome> {
    const { keys, replays, lifetimes } = this.parts;
    const hash = hashRefreshToken(request.token);
    const used = await store.used(hash);
    const session = used && (await store.session(used.sessionId));
    if (!used || !session) return { kind: 'ended', isOver: false };
    if (!isGood(session, now)) return { kind: 'ended', isOver: session.isRevoked };
    if (now.getTime() - used.usedAt.getTime() > lifetimes.graceMs) {
      await store.endStolen(session);
      return { kind: 'ended', isOver: true };
    }
    this.#requireOwnPage(store, session, request);
    // Who gets a token that is used already would put it over the newer one, and be taken for a thief with it later.
    if (used.isSuccessorUsed) return { kind: 'raced' };
    const sealed = await replays.find(hash);
    const successor = sealed === null ? null : openSuccessor(keys, request.token, sealed);
    return successor === null ? { kind: 'raced' } : { kind: 'renewed', session: renewed(session, successor, session.idleExpiresAt) };
  }

  #requireOwnPage({ place }: RefreshStore, { id }: RenewableSession, { forgery }: RefreshRequest): void {
    if (forgery) this.parts.forgery.requireToken({ tenantId: place, sessionId: id }, forgery.token);
  }
}

/** The session an exchange renewed; ask after its commit. Raises SessionEndedError and RefreshRacedError. */
export function requireRenewed(outcome: RefreshOutcome): RenewedSession {
  if (outcome.kind === 'ended') throw new SessionEndedError(outcome.isOver);
  if (outcome.kind === 'raced') throw new RefreshRacedError();
  return outcome.session;
}

function isGood(session: RenewableSession, now: Date): boolean {
  return session.isActive && !session.isRevoked && session.idleExpiresAt > now && session.expiresAt > now;
}

function renewed({ id, ownerId, authenticatedAt }: RenewableSession, refreshToken: string, idleExpiresAt: Date): RenewedSession {
  return { id, ownerId, authenticatedAt, refreshToken, idleExpiresAt };
}
