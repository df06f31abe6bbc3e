import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Lockout, type LockoutSubject } from '#kernel/limits/lockout.js';
import { peerNetworkOf } from '#kernel/limits/peer-network.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { LoginRefusedError, PasswordWrongError } from './auth.errors.js';
import type { MemberTables } from './member-tables.js';
import { PasswordCheck } from './passwords/password-check.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { deviceName } from './sessions/device-name.js';
import { SessionTokens, type SessionTokenSet } from './sessions/session-tokens.js';
import { SessionsService } from './sessions/sessions.service.js';
import { actingAs, type SignedInMember } from './signed-in-member.js';

type Account = Pick<MemberTables['member'], 'id' | 'status' | 'password_hash'>;

/**
 * Lets people in by their password. Whether an account exists, and whether it may sign in, shows neither in the answer nor in the work:
 * every attempt costs one comparison, and a wrong one counts whatever was wrong with it.
 */
@Injectable()
export class LoginService {
  readonly #check: PasswordCheck;

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly hasher: PasswordHasher,
    private readonly lockout: Lockout,
    private readonly sessions: SessionsService,
    private readonly tokens: SessionTokens,
    private readonly audit: AuditTrail,
  ) {
    this.#check = new PasswordCheck(hasher, lockout);
  }

  /** Raises LoginRefusedError, LoginLockedError and AuthBusyError. */
  async login(email: string, password: string): Promise<SessionTokenSet> {
    const account = await this.#find(email);
    const stored = account?.status === 'active' ? account.password_hash : null;
    if (!(await this.#check.isRight(subjectOf(email), stored, password)) || !account) {
      await this.audit.recordAlone({
        action: 'session.refused',
        targets: account ? [{ type: 'member', id: account.id }] : [],
        outcome: 'failure',
      });
      throw new LoginRefusedError();
    }
    const stronger = stored !== null && this.hasher.isOutdated(stored) ? await this.hasher.hash(password) : null;
    return this.tokens.of(await this.#begin(account, stored, stronger));
  }

  /** Has a signed-in person give their password once more: a new session id with the old end. Raises PasswordWrongError, LoginLockedError and AuthBusyError. */
  async stepUp(member: SignedInMember, password: string): Promise<SessionTokenSet> {
    await this.requirePassword(member.id, password);
    const session = await this.contexts.transaction(async () => {
      const renewed = await this.sessions.renew(member);
      this.audit.record({
        action: 'session.renewed',
        targets: [{ type: 'session', id: renewed.sessionId }],
        details: { cause: 'step-up' },
      });
      return renewed;
    });
    return this.tokens.of(session);
  }

  /** Raises PasswordWrongError, LoginLockedError and AuthBusyError. */
  async requirePassword(memberId: string, password: string): Promise<void> {
    const account = await this.contexts
      .reads<MemberTables>()
      .selectFrom('member')
      .select(['email', 'password_hash'])
      .where('id', '=', memberId)
      .executeTakeFirst();
    const subject = subjectOf(account?.email ?? memberId);
    const isRight = await this.#check.isRight(subject, account?.password_hash ?? null, password);
    if (!isRight) throw new PasswordWrongError();
  }

  /** Forgets failed attempts of an account whose owner has shown by a mail who they are. */
  forgive(email: string): Promise<void> {
    return this.lockout.succeeded(subjectOf(email));
  }

  #find(email: string): Promise<Account | undefined> {
    return this.contexts
      .reads<MemberTables>()
      .selectFrom('member')
      .select(['id', 'status', 'password_hash'])
      .where('email', '=', email)
      .executeTakeFirst();
  }

  /** Looks again, under a lock, at what the password was compared with: a change of either since then wins. */
  async #begin({ id }: Account, stored: string | null, stronger: string | null): ReturnType<SessionsService['open']> {
    return this.contexts.transaction(async (transaction) => {
      const members = transaction.sql<MemberTables>();
      const current = await members
        .selectFrom('member')
        .select(['status', 'password_hash'])
        .where('id', '=', id)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (current?.status !== 'active' || current.password_hash !== stored) throw new LoginRefusedError();
      if (stronger !== null) await members.updateTable('member').set({ password_hash: stronger }).where('id', '=', id).execute();
      const session = await this.sessions.open(id);
      const device = deviceName(WorkOrigin.current().userAgent);
      actingAs({ id, tenantId: transaction.tenant.id, sessionId: session.sessionId }, () =>
        this.audit.record({ action: 'session.opened', targets: [{ type: 'session', id: session.sessionId }], details: { device } }),
      );
      return session;
    });
  }
}

function subjectOf(account: string): LockoutSubject {
  return { tenantId: TenantScope.require('sign in').id, account, peer: peerNetworkOf(WorkOrigin.current().ip ?? 'unknown') };
}
