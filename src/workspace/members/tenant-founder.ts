import type { EntityManager } from '@mikro-orm/core';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { Company } from '#workspace/company/company.entity.js';
import { LinkDesk } from './links/link-desk.js';
import { memberInvited } from './member.events.js';
import { Member } from './member.entity.js';

/** What somebody gave when they asked for a tenant. */
export interface Founding {
  readonly companyName: string;
  readonly adminEmail: string;
  /** Their address until they say more of themselves. */
  readonly adminName?: string | undefined;
}

/** Gives a new tenant its card and its first owner, who is mailed a link. */
export class TenantFounder {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly links: LinkDesk,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  /** In the tenant's scope. A tenant that has a card is left as it is, so it may be repeated. */
  async found({ companyName, adminEmail, adminName = adminEmail }: Founding): Promise<void> {
    await this.contexts.transaction(async ({ em, tenant }) => {
      if (await em.findOne(Company, {})) return;
      const name = companyName.trim().slice(0, 200) || tenant.slug;
      em.create(Company, { name, locale: 'en', timeZone: 'UTC', tenantId: tenant.id, version: 1 });
      await this.#invite(em, tenant.id, adminEmail, adminName);
    });
  }

  /** In the scope of a tenant whose people were brought from elsewhere, none of whom can sign in yet: this one can, by a link, as an owner. */
  async welcome(adminEmail: string): Promise<void> {
    await this.contexts.transaction(async ({ em, tenant }) => {
      const known = await em.findOne(Member, { email: adminEmail.trim().toLowerCase() });
      if (!known) return this.#invite(em, tenant.id, adminEmail, adminEmail);
      if (!known.roles.includes('owner')) known.roles = [...known.roles, 'owner'];
      known.status = 'invited';
      await this.#link(em, known);
    });
  }

  async #invite(em: EntityManager, tenantId: string, adminEmail: string, adminName: string): Promise<void> {
    const email = adminEmail.trim().toLowerCase();
    const name = adminName.trim().slice(0, 200) || email;
    await this.#link(em, em.create(Member, { email, name, roles: ['owner'], status: 'invited', tenantId, version: 1 }));
  }

  async #link(em: EntityManager, owner: Member): Promise<void> {
    await em.flush();
    this.outbox.publish(memberInvited, { memberId: owner.id, linkId: await this.links.open('setup', owner.id) });
    this.audit.record({ action: 'member.invited', targets: [{ type: 'member', id: owner.id }] });
  }
}
