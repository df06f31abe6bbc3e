import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { rowTime } from '#kernel/model/row-time.js';
import { Clock } from '#kernel/work/clock.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { AccessChanges } from '#workspace/access/access-changes.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { SessionNotFoundError } from '../auth.errors.js';
import type { MemberTables, RevokeReason } from '../member-tables.js';
import type { SignedInMember } from '../signed-in-member.js';
import { deviceName } from './device-name.js';
import { hashRefreshToken, mintRefreshToken } from './refresh-token.js';
import { SESSION_LIFETIMES } from './session-lifetimes.js';
import type { OpenSession } from './session-tokens.js';
import type { SessionView } from './session.schemas.js';

/** Which sessions of a member; `except` keeps one. */
export interface SessionChoice {
  readonly memberId: string;
  readonly only?: string;
  readonly except?: string;
}

/** The sessions of the tenant's members: one for each device somebody signed in at. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly changes: AccessChanges,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Begins a session of somebody who has just given their password, in the transaction in scope. */
  async open(memberId: string): Promise<OpenSession> {
    const now = this.clock.now();
    await this.#forgetOld(memberId, now);
    return this.#begin(memberId, now, new Date(now.getTime() + SESSION_LIFETIMES.absoluteMs));
  }

  /**
   * Goes on under a new id, with the password given just now and no later end than before; the old id is worth nothing. Raises
   * SessionNotFoundError when it was ended meanwhile.
   */
  async renew({ id: memberId, sessionId }: SignedInMember): Promise<OpenSession> {
    const now = this.clock.now();
    const old = await TenantTransaction.require('renew a session')
      .sql<MemberTables>()
      .updateTable('member_session')
      .set({ revoked_at: now, revoke_reason: 'renewed' })
      .where('id', '=', sessionId)
      .where('member_id', '=', memberId)
      .where('revoked_at', 'is', null)
      .returning('expires_at')
      .executeTakeFirst();
    if (!old) throw new SessionNotFoundError();
    this.#tellEverybody();
    return this.#begin(memberId, now, rowTime(old.expires_at));
  }

  /** Ends sessions, in the transaction in scope, and gives how many there were; a second after its commit they open nothing anywhere. */
  async end({ memberId, only, except }: SessionChoice, reason: RevokeReason): Promise<number> {
    let query = TenantTransaction.require('end sessions')
      .sql<MemberTables>()
      .updateTable('member_session')
      .set({ revoked_at: this.clock.now(), revoke_reason: reason })
      .where('member_id', '=', memberId)
      .where('revoked_at', 'is', null);
    if (only !== undefined) query = query.where('id', '=', only);
    if (except !== undefined) query = query.where('id', '!=', except);
    const ended = await query.returning('id').execute();
    this.#tellEverybody();
    return ended.length;
  }

  /** Those that are still good, newest first. */
  async list({ id: memberId, sessionId }: SignedInMember): Promise<SessionView[]> {
    const now = this.clock.now();
    const rows = await this.contexts
      .reads<MemberTables>()
      .selectFrom('member_session')
      .select(['id', 'device', 'user_agent', 'ip_last', 'created_at', 'last_seen_at', 'authenticated_at', 'expires_at'])
      .where('member_id', '=', memberId)
      .where('revoked_at', 'is', null)
      .where('idle_expires_at', '>', now)
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(100)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      device: row.device,
      userAgent: row.user_agent,
      ip: row.ip_last,
      createdAt: rowTime(row.created_at).toISOString(),
      lastSeenAt: rowTime(row.last_seen_at).toISOString(),
      authenticatedAt: rowTime(row.authenticated_at).toISOString(),
      expiresAt: rowTime(row.expires_at).toISOString(),
      current: row.id === sessionId,
    }));
  }

  /** Ends one of one's own. Raises SessionNotFoundError. */
  async revoke({ id: memberId, sessionId }: SignedInMember, id: string): Promise<void> {
    await this.contexts.transaction(async () => {
      const ended = await this.end({ memberId, only: id }, id === sessionId ? 'logout' : 'revoked');
      if (ended === 0) throw new SessionNotFoundError();
      this.audit.record({ action: 'session.ended', targets: [{ type: 'session', id }], details: { sessions: 1 } });
    });
  }

  /** Ends all of one's own but this one. */
  async revokeOthers({ id: memberId, sessionId }: SignedInMember): Promise<void> {
    await this.contexts.transaction(async () => {
      const sessions = await this.end({ memberId, except: sessionId }, 'revoked');
      if (sessions > 0) this.audit.record({ action: 'session.ended', targets: [{ type: 'member', id: memberId }], details: { sessions } });
    });
  }

  async #begin(memberId: string, now: Date, expiresAt: Date): Promise<OpenSession> {
    const transaction = TenantTransaction.require('begin a session');
    const { id: tenant_id } = transaction.tenant;
    const { ip = null, userAgent } = WorkOrigin.current();
    const tables = transaction.sql<MemberTables>();
    const id = randomUUIDv7();
    const idleExpiresAt = new Date(Math.min(now.getTime() + SESSION_LIFETIMES.idleMs, expiresAt.getTime()));
    await tables
      .insertInto('member_session')
      .values({
        tenant_id,
        id,
        member_id: memberId,
        device: deviceName(userAgent),
        user_agent: userAgent ?? null,
        ip_first: ip,
        ip_last: ip,
        created_at: now,
        last_seen_at: now,
        authenticated_at: now,
        idle_expires_at: idleExpiresAt,
        expires_at: expiresAt,
        revoked_at: null,
        revoke_reason: null,
      })
      .execute();
    const refreshToken = mintRefreshToken();
    const hash = hashRefreshToken(refreshToken);
    const token = { tenant_id, hash, session_id: id, parent_hash: null, issued_at: now, used_at: null, replaced_by: null };
    await tables.insertInto('refresh_token').values(token).execute();
    return { sessionId: id, memberId, authenticatedAt: now, refreshToken, idleExpiresAt };
  }

  /** Tokens of a session go with it; until then each of them that comes again tells of a theft. */
  async #forgetOld(memberId: string, now: Date): Promise<void> {
    await TenantTransaction.require('forget sessions')
      .sql<MemberTables>()
      .deleteFrom('member_session')
      .where('member_id', '=', memberId)
      .where('expires_at', '<', new Date(now.getTime() - SESSION_LIFETIMES.rememberedMs))
      .execute();
  }

  #tellEverybody(): void {
    const transaction = TenantTransaction.require('end sessions');
    transaction.afterCommit(() => this.changes.changed(transaction.tenant.id));
  }
}
