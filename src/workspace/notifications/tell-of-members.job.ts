import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import { companyName } from '#workspace/company/company-name.js';
import { memberInvited, passwordChanged, passwordResetRequested, sessionReuseDetected } from '#workspace/members/member.events.js';
import type { Notice } from './notice.js';
import { Notifier } from './notifier.js';

interface Fact {
  readonly memberId: string;
  readonly linkId?: string;
  readonly sessionId?: string;
}

type Words = (fact: Fact, tenantName: string, jobId: string) => Omit<Notice, 'memberId' | 'key'>;

const SESSIONS_PAGE = '/settings/sessions';

const WORDS: Readonly<Record<string, Words>> = {
  [memberInvited.name]: ({ linkId = '' }, tenantName) => ({
    category: 'account',
    title: `You are invited to ${tenantName}`,
    body: 'Set a password to get in. The link is good for 7 days and can be used once.',
    link: null,
    token: { purpose: 'setup', id: linkId },
    dedupeKey: `setup:${linkId}`,
  }),
  [passwordResetRequested.name]: ({ linkId = '' }) => ({
    category: 'account',
    title: 'A new password for you',
    body: 'Somebody asked for a new password for your account. The link is good for one hour and can be used once. If it was not you, do nothing.',
    link: null,
    token: { purpose: 'reset', id: linkId },
    dedupeKey: `reset:${linkId}`,
  }),
  [passwordChanged.name]: (_fact, _tenantName, jobId) => ({
    category: 'security',
    title: 'Your password was changed',
    body: 'All your other sessions were ended. If it was not you, ask for a new password at once and tell whoever runs your workspace.',
    link: SESSIONS_PAGE,
    dedupeKey: `password-changed:${jobId}`,
  }),
  [sessionReuseDetected.name]: ({ sessionId = '' }) => ({
    category: 'security',
    title: 'One of your sessions was ended',
    body: 'A token of it was used twice, as if somebody had a copy. Look at your sessions, and change your password if you do not know why.',
    link: SESSIONS_PAGE,
    dedupeKey: `reuse:${sessionId}`,
  }),
};

/** Sends people what lets them in, and tells them what they should know about their own account. */
@Injectable()
export class TellOfMembers implements JobHandler<Fact> {
  static readonly job: JobDeclaration = {
    name: 'notifications.tell-of-members',
    on: [memberInvited, passwordResetRequested, passwordChanged, sessionReuseDetected],
    order: 'tenant',
    permission: 'platform',
  };

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly notifier: Notifier,
  ) {}

  async handle(fact: Fact, { id, topic }: Pick<JobTry, 'id' | 'topic'>): Promise<void> {
    const words = WORDS[topic];
    if (!words) return;
    const name = await companyName(this.contexts);
    await this.notifier.tell([{ memberId: fact.memberId, key: topic, ...words(fact, name, id) }]);
  }
}
