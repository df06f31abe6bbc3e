import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mailsTo } from '#tools/stand-ins/smtp/mailbox.js';
import { SmtpStandIn } from '#tools/stand-ins/smtp/smtp-stand-in.js';

type Mail = Awaited<ReturnType<typeof mailsTo>>[number];

/** A mail server of a spec's own, for what admins are written. */
export class MailSink {
  #seen = 0;

  private constructor(
    private readonly smtp: SmtpStandIn,
    private readonly folder: string,
  ) {}

  static async open(): Promise<MailSink> {
    const folder = await mkdtemp(join(process.env['TENANTRY_TEST_DATA'] ?? tmpdir(), 'mails-'));
    return new MailSink(
      await SmtpStandIn.start({ port: 0, controlPort: 0, data: folder, mail: join(folder, 'mail') }),
      join(folder, 'mail'),
    );
  }

  get settings(): { SMTP_URL: string } {
    return { SMTP_URL: this.smtp.access.smtpUrl };
  }

  /** Those that came since the last time, in their order. */
  async take(): Promise<Mail[]> {
    const all = await mailsTo(this.folder, 'admin@example.test');
    const fresh = all.slice(this.#seen);
    this.#seen = all.length;
    return fresh;
  }

  close(): Promise<void> {
    return this.smtp.stop();
  }
}
