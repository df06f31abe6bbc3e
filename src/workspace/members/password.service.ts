import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Clock } from '#kernel/work/clock.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { LinkInvalidError } from './auth.errors.js';
import type { PasswordOwnerView } from './auth.schemas.js';
import { LinkDesk } from './links/link-desk.js';
import { OneTimeLinks } from './links/one-time-links.js';
import { LoginService } from './login.service.js';
import { memberInvited, passwordChanged, passwordResetRequested } from './member.events.js';
import type { LinkPurpose, MemberTables } from './member-tables.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { requireGoodPassword } from './passwords/password-rules.js';
import { SessionTokens, type SessionTokenSet } from './sessions/session-tokens.js';
import { SessionsService } from './sessions/sessions.service.js';
import { actingAs, type SignedInMember } from './signed-in-member.js';

/** What asking for a link takes at least, whether or not there is anybody to send one to. */
const FORGOT_TAKES_MS = 250;
/** A member is sent one link in this time, whoever asks. */
const LINK_AT_MOST_EVERY_MS = 60_000;

type Person = Pick<MemberTables['member'], 'id' | 'email' | 'name' | 'status'>;

/** How passwords are set and changed; each change ends every other session of its owner. */
@Injectable()
export class PasswordService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly hasher: PasswordHasher,
    private readonly links: OneTimeLinks,
    private readonly desk: LinkDesk,
    private readonly login: LoginService,
    private readonly sessions: SessionsService,
    private readonly tokens: SessionTokens,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** By the link of a mail; it is used up by a password that is taken, and only then. Raises LinkInvalidError, PasswordRefusedError and AuthBusyError. */
  async setByLink(purpose: LinkPurpose, token: string, password: string): Promise<PasswordOwnerView> {
    const linkId = this.links.idOf(purpose, token);
    const owner = await this.#ownerOf(purpose, linkId);
    if (!owner) throw new LinkInvalidError();
    this.#requireGood(password, owner);
    const hash = await this.hasher.hash(password);
    await this.contexts.transaction(async (transaction) => {
      const memberId = await this.desk.use(purpose, linkId);
      if (memberId === null) throw new LinkInvalidError();
      await this.#keep(memberId, hash);
      const sessions = await this.sessions.end({ memberId }, 'password_changed');
      const targets = [{ type: 'member', id: memberId }];
      actingAs({ id: memberId, tenantId: transaction.tenant.id, sessionId: null }, () => {
        if (purpose === 'setup') this.audit.record({ action: 'member.joined', targets });
        else this.audit.record({ action: 'member.password-reset', targets, details: { sessions } });
        if (purpose === 'reset') this.outbox.publish(passwordChanged, { memberId });
      });
    });
    await this.login.forgive(owner.email);
    return { email: owner.email, name: owner.name };
  }

  /** By who knows the present one; they go on under a new session. Raises what `LoginService.requirePassword` and `setByLink` raise. */
  async change(member: SignedInMember, current: string, next: string): Promise<SessionTokenSet> {
    const owner = await this.#person(member.id);
    if (!owner) throw new LinkInvalidError();
    await this.login.requirePassword(member.id, current);
    this.#requireGood(next, owner, '/new');
    const hash = await this.hasher.hash(next);
    const session = await this.contexts.transaction(async () => {
      await this.#keep(member.id, hash);
      const renewed = await this.sessions.renew(member);
      const sessions = await this.sessions.end({ memberId: member.id, except: renewed.sessionId }, 'password_changed');
      this.audit.record({ action: 'member.password-changed', targets: [{ type: 'member', id: member.id }], details: { sessions } });
      this.outbox.publish(passwordChanged, { memberId: member.id });
      return renewed;
    });
    return this.tokens.of(session);
  }

  /** Has a link mailed if there is somebody of this address; the answer, and how long it takes, is the same if there is not. */
  async forgot(email: string): Promise<void> {
    await Promise.all([this.#sendLink(email), pause(FORGOT_TAKES_MS)]);
  }

  async #sendLink(email: string): Promise<void> {
    await this.contexts.transaction(async (transaction) => {
      const person = await transaction
        .sql<MemberTables>()
        .selectFrom('member')
        .select(['id', 'status'])
        .where('email', '=', email)
        .where('status', '!=', 'disabled')
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (!person) return;
      const purpose = person.status === 'invited' ? 'setup' : 'reset';
      const newest = await transaction
        .sql<MemberTables>()
        .selectFrom('one_time_token')
        .select('id')
        .where('member_id', '=', person.id)
        .where('purpose', '=', purpose)
        .where('created_at', '>', new Date(this.clock.now().getTime() - LINK_AT_MOST_EVERY_MS))
        .executeTakeFirst();
      if (newest) return;
      const payload = { memberId: person.id, linkId: await this.desk.open(purpose, person.id) };
      this.outbox.publish(purpose === 'setup' ? memberInvited : passwordResetRequested, payload);
      this.audit.record({ action: 'member.password-reset-requested', targets: [{ type: 'member', id: person.id }] });
    });
  }

  async #keep(memberId: string, hash: string): Promise<void> {
    const now = this.clock.now();
    const kept = await this.contexts
      .reads<MemberTables>()
      .updateTable('member')
      .set((eb) => ({
        password_hash: hash,
        password_changed_at: now,
        status: 'active',
        version: eb('version', '+', 1),
        updated_at: now,
      }))
      .where('id', '=', memberId)
      .where('status', '!=', 'disabled')
      .returning('id')
      .executeTakeFirst();
    if (!kept) throw new LinkInvalidError();
    await this.desk.close(memberId);
  }

  #requireGood(password: string, { email, name }: Person, pointer = '/password'): void {
    const { name: company, slug } = TenantScope.require('set a password');
    requireGoodPassword(password, { email, name, company, slug }, pointer);
  }

  #ownerOf(purpose: LinkPurpose, linkId: string): Promise<Person | undefined> {
    return this.contexts
      .reads<MemberTables>()
      .selectFrom('one_time_token')
      .innerJoin('member', 'member.id', 'one_time_token.member_id')
      .select(['member.id', 'member.email', 'member.name', 'member.status'])
      .where('one_time_token.id', '=', linkId)
      .where('one_time_token.purpose', '=', purpose)
      .where('one_time_token.used_at', 'is', null)
      .where('one_time_token.expires_at', '>', this.clock.now())
      .where('member.status', '!=', 'disabled')
      .executeTakeFirst();
  }

  #person(id: string): Promise<Person | undefined> {
    return this.contexts
      .reads<MemberTables>()
      .selectFrom('member')
      .select(['id', 'email', 'name', 'status'])
      .where('id', '=', id)
      .executeTakeFirst();
  }
}
