import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { PublicAddress } from '#kernel/resolution/public-address.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { companyName } from '#workspace/company/company-name.js';
import { OneTimeLinks } from '#workspace/members/links/one-time-links.js';
import type { Mail } from '../mail-sender.js';
import { isCritical } from '../notification-categories.js';
import type { NotificationTables } from '../notification-tables.js';
import { htmlOf, type MailContent, subjectOf, textOf } from './mail-templates.js';

/** What was promised to somebody, and to whom. */
export type DueDelivery = Pick<
  NotificationTables['mail_delivery'],
  'id' | 'member_id' | 'category' | 'title' | 'body' | 'link' | 'token_purpose' | 'token_id'
> & { readonly email: string; readonly name: string };

const LABELS = { setup: 'Set your password', reset: 'Choose a new password' } as const;
const PREFERENCES_PAGE = '/settings/notifications';

/** Writes mails of the tenant in scope. Links with a token are made here, when the mail is sent, and kept nowhere. */
@Injectable()
export class MailComposer {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly address: PublicAddress,
    private readonly links: OneTimeLinks,
  ) {}

  /** The same delivery gives the same Message-ID each time, so that a mail that was taken twice shows as one. `items` are what a digest gathered. */
  async compose(delivery: DueDelivery, items: readonly { readonly title: string; readonly link: string | null }[]): Promise<Mail> {
    const { slug } = TenantScope.require('write a mail');
    const at = (path: string): string => this.address.ofTenant(slug, path as `/${string}`);
    const preferencesUrl = isCritical(delivery.category) ? null : at(PREFERENCES_PAGE);
    const content: MailContent = {
      tenantName: await companyName(this.contexts),
      memberName: delivery.name,
      title: delivery.title,
      paragraphs: delivery.body === '' ? [] : [delivery.body],
      items: items.map(({ title, link }) => ({ title, url: link === null ? null : at(link) })),
      action: this.#actionOf(delivery, at),
      preferencesUrl,
    };
    return {
      to: delivery.email,
      subject: subjectOf(content),
      text: textOf(content),
      html: htmlOf(content),
      messageId: `${delivery.id}@${new URL(at('/')).hostname}`,
      headers: {
        'Auto-Submitted': 'auto-generated',
        ...(preferencesUrl !== null && { 'List-Unsubscribe': `<${preferencesUrl}>` }),
      },
    };
  }

  #actionOf({ link, token_purpose, token_id }: DueDelivery, at: (path: string) => string): MailContent['action'] {
    if (token_purpose !== null && token_id !== null)
      return { label: LABELS[token_purpose], url: this.links.linkFor(token_purpose, token_id) };
    return link === null ? null : { label: 'Open', url: at(link) };
  }
}
