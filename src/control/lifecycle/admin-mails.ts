import type { AdminNotice, LifecycleBook } from '#catalog/lifecycle/lifecycle-book.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { PublicAddress } from '#kernel/resolution/public-address.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import type { Mail, MailSender } from '#workspace/notifications/mail-sender.js';
import { htmlOf, type MailContent, subjectOf, textOf } from '#workspace/notifications/mail/mail-templates.js';

export interface AdminMailsParts {
  readonly book: LifecycleBook;
  readonly registry: TenantRegistry;
  readonly sender: MailSender;
  readonly address: PublicAddress;
}

/** Tells the person a tenant was ordered by what becomes of its data; its own mails stop with the tenant. */
export class AdminMails {
  constructor(private readonly parts: AdminMailsParts) {}

  /**
   * False when it is not true any more: the tenant was reactivated, is held, or is due at another time. The same work gives the same
   * Message-ID each time. Raises what the mail sender raises.
   */
  async send(notice: AdminNotice, workId: string): Promise<boolean> {
    const mail = await this.#mail(notice, workId).catch((error: unknown) => {
      if (error instanceof TenantUnknownError) return null;
      throw error;
    });
    if (mail) await this.parts.sender.send(mail);
    return mail !== null;
  }

  async #mail({ tenantId, withinDays, dueAt }: AdminNotice, workId: string): Promise<Mail | null> {
    const { book, registry, address } = this.parts;
    const { tenant, retention, legalHold } = await book.standing(tenantId);
    if (retention?.state !== 'kept' || retention.dueAt.toISOString() !== dueAt) return null;
    if (withinDays !== null && legalHold) return null;
    const { name, adminEmail } = await registry.factsOf(tenantId);
    const day = dueAt.slice(0, 10);
    const content: MailContent = {
      tenantName: name,
      memberName: adminEmail,
      title: withinDays === null ? `${name} was cancelled` : `The data of ${name} will be erased on ${day}`,
      paragraphs: [
        withinDays === null
          ? `Nobody can sign in to ${name} any more. Its data is kept until ${day} and then erased for good.`
          : `${name} was cancelled. In ${String(withinDays)} days or less, on ${day}, everything it keeps is erased for good.`,
        'Until then it can be brought back as it was: answer this mail, or ask your operator.',
      ],
      ...{ items: [], action: null, preferencesUrl: null },
    };
    return {
      to: adminEmail,
      ...{ subject: subjectOf(content), text: textOf(content), html: htmlOf(content) },
      messageId: `${workId}@${new URL(address.ofTenant(tenant.slug, '/')).hostname}`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
  }
}
