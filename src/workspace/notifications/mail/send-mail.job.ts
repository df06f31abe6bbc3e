import { Inject, Injectable } from '@nestjs/common';
import { type TenantReads, TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler } from '#kernel/jobs/job-handler.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Clock } from '#kernel/work/clock.js';
import { MAIL_SENDER, MailNotSentError, MailRefusedError, type MailSender } from '../mail-sender.js';
import { isCritical } from '../notification-categories.js';
import type { NotificationTables } from '../notification-tables.js';
import { MailComposer } from './mail-composer.js';

const COLUMNS = ['id', 'member_id', 'category', 'title', 'body', 'link', 'token_purpose', 'token_id'] as const;

type Claimed = Pick<NotificationTables['mail_delivery'], (typeof COLUMNS)[number]>;

/**
 * Sends one mail. At least once: a worker that dies after the mail server took the mail and before that is on record sends it again, with the
 * same Message-ID. A mail that is refused for good is not tried again, and an address that is refused gets nothing that is not critical until a
 * critical mail was taken for it. While the tenant is suspended the job waits.
 */
@Injectable()
export class SendMail implements JobHandler<{ deliveryId: string }> {
  static readonly job: JobDeclaration = { name: 'notifications.send-mail', order: 'none', permission: 'platform', transaction: 'own' };

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly composer: MailComposer,
    @Inject(MAIL_SENDER) private readonly sender: MailSender,
    private readonly clock: Clock,
  ) {}

  /** Raises MailNotSentError: the job's own retries follow. */
  async handle({ deliveryId }: { deliveryId: string }): Promise<void> {
    const claimed = await this.#claim(deliveryId);
    if (!claimed) return;
    const member = await this.#member(claimed.member_id);
    if (!member || member.status === 'disabled')
      return this.#end(deliveryId, { state: 'dropped', error: 'the member is not there any more' });
    if (member.isRefused && !isCritical(claimed.category))
      return this.#end(deliveryId, { state: 'failed', error: 'the address was refused before' });
    try {
      await this.sender.send(await this.composer.compose({ ...claimed, ...member }, await this.#itemsOf(deliveryId)));
    } catch (error) {
      await this.#note(deliveryId, member.email, error);
      return;
    }
    await this.#end(deliveryId, { state: 'sent', error: null, sent_at: this.clock.now() });
    if (member.isRefused) await this.#sql().deleteFrom('mail_refusal').where('address', '=', member.email).execute();
  }

  /** What was gathered meanwhile goes with a digest; what is being sent is not gathered. */
  async #claim(id: string): Promise<Claimed | undefined> {
    return this.#sql()
      .updateTable('mail_delivery')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .returning(COLUMNS)
      .executeTakeFirst();
  }

  async #member(id: string): Promise<{ email: string; name: string; status: string; isRefused: boolean } | null> {
    const found = await this.#sql()
      .selectFrom('member')
      .leftJoin('mail_refusal', 'mail_refusal.address', 'member.email')
      .select(['member.email', 'member.name', 'member.status', 'mail_refusal.address as refused'])
      .where('member.id', '=', id)
      .executeTakeFirst();
    return found ? { email: found.email, name: found.name, status: found.status, isRefused: found.refused !== null } : null;
  }

  #itemsOf(id: string): Promise<{ title: string; link: string | null }[]> {
    return this.#sql().selectFrom('mail_delivery').select(['title', 'link']).where('digest_id', '=', id).orderBy('created_at').execute();
  }

  async #note(id: string, address: string, error: unknown): Promise<void> {
    if (error instanceof MailNotSentError) await this.#end(id, { error: error.reason.slice(0, 500) });
    if (!(error instanceof MailRefusedError)) throw error;
    const reason = error.reason.slice(0, 500);
    await this.#end(id, { state: 'failed', error: reason });
    if (error.refused !== 'recipient') return;
    const refusal = { reason, refused_at: this.clock.now() };
    await this.#sql()
      .insertInto('mail_refusal')
      .values({ tenant_id: TenantScope.require('mark an address').id, address, ...refusal })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'address']).doUpdateSet(refusal))
      .execute();
  }

  async #end(id: string, became: Partial<Pick<NotificationTables['mail_delivery'], 'state' | 'error' | 'sent_at'>>): Promise<void> {
    await this.#sql().updateTable('mail_delivery').set(became).where('id', '=', id).where('state', '=', 'pending').execute();
  }

  #sql(): TenantReads<NotificationTables> {
    return this.contexts.reads<NotificationTables>();
  }
}
