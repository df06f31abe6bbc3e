import { createTransport, type Transporter } from 'nodemailer';
import { failureOf } from '#adapters/mail/smtp-failure.js';
import { type Mail, MailRefusedError, type MailSender } from '#workspace/notifications/mail-sender.js';

const CONNECT_MS = 5_000;
const WHOLE_MS = 15_000;
/** Servers close idle connections after minutes; ours are closed before, so that none is found dead. */
const IDLE_MS = 30_000;
const ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u;
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;

export interface SmtpMailSenderOptions {
  /** `smtp://[user:password@]host[:port]`, or `smtps://` for TLS at once; what follows the port is ignored. */
  readonly url: string;
  /** `Name <address>` or an address. */
  readonly from: string;
  /** Whether `smtp://` sends nothing to a server that does not offer STARTTLS; without it TLS is used where it is offered. */
  readonly requiresTls: boolean;
  /** How long one mail may take in all, waiting for a connection included. */
  readonly wholeMs?: number;
}

/** Sends over a few kept connections. A mail whose connection breaks is not sent again here, since it may have been taken. */
export class SmtpMailSender implements MailSender {
  readonly #transport: Transporter;
  readonly #options: SmtpMailSenderOptions;

  constructor(options: SmtpMailSenderOptions) {
    this.#options = options;
    const { protocol, hostname, port, username, password } = new URL(options.url);
    const secure = protocol === 'smtps:';
    this.#transport = createTransport({
      pool: true,
      maxRequeues: 0,
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (secure ? 465 : 587) : Number(port),
      secure,
      requireTLS: options.requiresTls,
      ...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      dnsTimeout: CONNECT_MS,
      socketTimeout: options.wholeMs ?? WHOLE_MS,
      idleTimeout: IDLE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send({ to, subject, text, html, messageId, headers = {} }: Mail): Promise<void> {
    if (!ADDRESS.test(to)) throw new MailRefusedError('recipient', 'not an address');
    if (!Object.keys(headers).every((name) => HEADER_NAME.test(name))) throw new MailRefusedError('mail', 'not the name of a header');
    // As an object it is never read as a list of addresses; as the envelope it stands, whatever the headers name.
    const recipient = { name: '', address: to };
    try {
      await this.#transport.sendMail({
        envelope: { from: this.#options.from, to: recipient },
        from: this.#options.from,
        to: recipient,
        subject: oneLine(subject),
        text,
        html,
        messageId: oneLine(messageId),
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, oneLine(value)])),
        signal: AbortSignal.timeout(this.#options.wholeMs ?? WHOLE_MS),
      });
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Closes the connections; mails under way fail with MailNotSentError. */
  close(): void {
    this.#transport.close({ force: true });
  }
}

/** The text without what ends a line or is invisible in it. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
