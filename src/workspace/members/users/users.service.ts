import { type EntityManager, UniqueConstraintViolationException } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import type { IfMatch } from '#kernel/plugin/if-match.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { Access } from '#workspace/access/access.js';
import { AccessChanges } from '#workspace/access/access-changes.js';
import type { AuditChange } from '#workspace/audit/audit-entry.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { LinkDesk } from '../links/link-desk.js';
import { memberDisabled, memberInvited } from '../member.events.js';
import { Member } from '../member.entity.js';
import type { MemberTables } from '../member-tables.js';
import { EmailTakenError, MemberNotFoundError, NotInvitedError } from '../members.errors.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { requireRoomForMembers } from './member-room.js';
import { requireAnOwner, takeTurnOfOwners } from './owners.js';
import type { ChangeUser, InviteUser, ListUsers, UserPage, UserView } from './user.schemas.js';
import { userView, userViewOfRow } from './user-view.js';

const COLUMNS = ['id', 'email', 'name', 'roles', 'status', 'version', 'created_at', 'updated_at'] as const;

/** The people of the tenant in scope. Whoever gives or takes a role must have all that it gives. */
@Injectable()
export class UsersService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly cursors: PageCursors,
    private readonly links: LinkDesk,
    private readonly sessions: SessionsService,
    private readonly access: Access,
    private readonly changes: AccessChanges,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    private readonly plans: PlanCatalogue,
  ) {}

  /** Makes a member who is mailed a link. Raises EmailTakenError, MembersOverLimitError, and what `Access.requireGrantable` raises. */
  async invite({ email, name, role, roles = [role ?? 'member'] }: InviteUser): Promise<UserView> {
    await this.access.requireGrantable(roles);
    try {
      return await this.contexts.transaction(async (transaction) => {
        const { em, tenant } = transaction;
        const member = em.create(Member, { email, name, roles, status: 'invited', tenantId: tenant.id, version: 1 });
        await em.flush();
        await this.#sendLink(member);
        requireRoomForMembers(transaction, this.plans);
        return userView(member);
      });
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw new EmailTakenError();
      throw error;
    }
  }

  /** A new link for somebody who has not come yet; the one before is worth nothing then. Raises MemberNotFoundError and NotInvitedError. */
  async inviteAgain(id: string): Promise<void> {
    await this.contexts.transaction(async ({ em }) => {
      const member = await find(em, id);
      if (member.status !== 'invited') throw new NotInvitedError();
      await this.#sendLink(member);
    });
  }

  /** Newest first. Raises CursorInvalidError. */
  async list({ limit, cursor, status }: ListUsers): Promise<UserPage> {
    const scope = ['users', { status }] as const;
    const after = cursor === undefined ? undefined : this.cursors.open(cursor, scope);
    let query = this.contexts.reads<MemberTables>().selectFrom('member').select(COLUMNS);
    if (status) query = query.where('status', '=', status);
    if (after) query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.at, after.id)));
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return this.cursors.page(rows.map(userViewOfRow), limit, scope, ({ id, createdAt }) => ({ id, at: new Date(createdAt) }));
  }

  /** Raises MemberNotFoundError. */
  async get(id: string): Promise<UserView> {
    return userView(await find(this.contexts.open().em, id));
  }

  /** Raises MemberNotFoundError, StaleVersionError, LastOwnerError, MembersOverLimitError, and what `Access.requireGrantable` raises. */
  async change(id: string, match: IfMatch, changes: ChangeUser): Promise<UserView> {
    return this.contexts.transaction(async (transaction) => {
      const { em, tenant } = transaction;
      await takeTurnOfOwners(transaction);
      const member = await find(em, id);
      match.require(member.version);
      const before = { name: member.name, roles: member.roles, status: member.status };
      const after = { name: changes.name ?? before.name, roles: rolesOf(changes) ?? before.roles, status: statusAfter(member, changes) };
      const isRanked = !isSameList(before.roles, after.roles) || before.status !== after.status;
      // Also to take a role away, or those of a lower role could take down those of a higher one.
      if (isRanked) await this.access.requireGrantable([...new Set([...before.roles, ...after.roles])]);
      em.assign(member, after);
      await em.flush();
      await this.#settleRank(transaction, member, before);
      const changed = changesOf(before, after);
      if (changed.length > 0) this.audit.record({ action: 'member.changed', targets: [{ type: 'member', id }], changes: changed });
      if (before.status === 'disabled' && after.status !== 'disabled') requireRoomForMembers(transaction, this.plans);
      if (isRanked) transaction.afterCommit(() => this.changes.changed(tenant.id));
      return userView(member);
    });
  }

  /** Takes somebody's access away; who never came is forgotten, who did stays as a disabled member. Raises as `change` does. */
  async remove(id: string, match: IfMatch): Promise<void> {
    await this.contexts.transaction(async (transaction) => {
      const { em, tenant } = transaction;
      await takeTurnOfOwners(transaction);
      const member = await find(em, id);
      match.require(member.version);
      await this.access.requireGrantable(member.roles);
      const before = { roles: member.roles, status: member.status };
      if (member.hasJoined()) member.status = 'disabled';
      else em.remove(member);
      await em.flush();
      await this.#settleRank(transaction, member, before, true);
      this.audit.record({ action: 'member.removed', targets: [{ type: 'member', id }] });
      transaction.afterCommit(() => this.changes.changed(tenant.id));
    });
  }

  /** What follows from a change of roles or status that was flushed. */
  async #settleRank(
    transaction: TenantTransaction,
    member: Member,
    before: Pick<Member, 'roles' | 'status'>,
    isGone = member.status === 'disabled',
  ): Promise<void> {
    const wasOwner = before.roles.includes('owner') && before.status !== 'disabled';
    if (wasOwner && (isGone || !member.isOwner())) await requireAnOwner(transaction, before.status);
    if (!isGone || before.status === 'disabled') return;
    await this.sessions.end({ memberId: member.id }, 'disabled');
    await this.links.close(member.id);
    this.outbox.publish(memberDisabled, { memberId: member.id });
  }

  async #sendLink({ id }: Member): Promise<void> {
    this.outbox.publish(memberInvited, { memberId: id, linkId: await this.links.open('setup', id) });
    this.audit.record({ action: 'member.invited', targets: [{ type: 'member', id }] });
  }
}

function find(em: EntityManager, id: string): Promise<Member> {
  return em.findOneOrFail(Member, { id }, { failHandler: () => new MemberNotFoundError() });
}

function rolesOf({ role, roles }: ChangeUser): string[] | undefined {
  return roles ?? (role === undefined ? undefined : [role]);
}

/** Who has no password yet goes back to waiting for it. */
function statusAfter(member: Member, { status }: ChangeUser): Member['status'] {
  if (status !== 'active') return status ?? member.status;
  return member.hasJoined() ? 'active' : 'invited';
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text) => other.includes(text));
}

function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): AuditChange[] {
  return Object.keys(after)
    .filter((path) => JSON.stringify(before[path]) !== JSON.stringify(after[path]))
    .map((path) => ({ path, old: before[path], new: after[path] }));
}
