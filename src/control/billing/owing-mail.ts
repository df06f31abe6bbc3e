import { GRACE_DAYS } from '#control/billing/billing-standing.js';
import type { OwingNotice } from '#control/billing/owing-notices.js';
import type { Mail } from '#workspace/notifications/mail-sender.js';
import { htmlOf, type MailContent, subjectOf, textOf } from '#workspace/notifications/mail/mail-templates.js';

/** What a mail about money needs to know. */
export interface OwingMailFacts {
  readonly notice: OwingNotice;
  readonly tenantName: string;
  readonly to: string;
  readonly payUrl: string;
  /** The same for the same mail, however often it is sent. */
  readonly id: string;
}

const { readOnlyAfter, suspendedAfter, unpaidSuspendedAfter } = GRACE_DAYS;

const WORDS: Readonly<Record<OwingNotice, readonly [title: string, body: string]>> = {
  paused: ['The trial is over', 'Everything can be read, and nothing changed, until there is a means of payment.'],
  owing: [
    'A payment did not go through',
    `Everything works as before. After ${String(readOnlyAfter)} days nothing can be changed any more, after ${String(suspendedAfter)} days nobody can sign in.`,
  ],
  'owing-still': ['A payment is still open', `Nothing can be changed any more ${String(readOnlyAfter)} days after it first failed.`],
  'owing-last': ['From tomorrow nothing can be changed', 'A payment is still open. Everything can still be read until it is paid.'],
  unpaid: [
    'Nothing can be changed until the open invoice is paid',
    `Everything can still be read. After ${String(unpaidSuspendedAfter)} days nobody can sign in.`,
  ],
  suspended: [
    'Suspended until the open invoice is paid',
    'Nobody can sign in now. Nothing is lost: everything is there again as soon as it is paid.',
  ],
};

/** A mail about money, with a link that opens without signing in. */
export function owingMail({ notice, tenantName, to, payUrl, id }: OwingMailFacts): Mail {
  const [title, body] = WORDS[notice];
  const content: MailContent = {
    ...{ tenantName, memberName: to, title, paragraphs: [body], items: [] },
    action: { label: 'Pay', url: payUrl },
    preferencesUrl: null,
  };
  return {
    ...{ to, subject: subjectOf(content), text: textOf(content), html: htmlOf(content) },
    messageId: `${id}@${new URL(payUrl).hostname}`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
