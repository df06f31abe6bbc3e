import { AppError } from '#kernel/errors/app-error.js';

/**
 * One mail to one address. Control characters in the subject and in the values of headers arrive as spaces, so text of a tenant
 * cannot add a header. `messageId` is `local@domain`; the same one sent twice lets a reader's mailbox see that it is one mail.
 */
export interface Mail {
  /** A bare address, `local@domain`, without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Hands mails to the mail server. */
export interface MailSender {
  /**
   * Resolves when the server has taken the mail. Raises MailRefusedError when it never will, and MailNotSentError when it may yet;
   * after the latter the mail may have been taken all the same, when the connection broke before the answer.
   */
  send(mail: Mail): Promise<void>;
}

/** By this token the processes offer their MailSender. */
export const MAIL_SENDER = Symbol('MailSender');

/** What the mail server refused: the `recipient` (the address is not to be used again) or this `mail` (any address would get the same answer). */
export type Refused = 'recipient' | 'mail';

/** The mail server will never take this mail; sending it again changes nothing. The server's words are left out: they may quote the mail. */
export class MailRefusedError extends AppError {
  readonly code = 'mail.refused';

  constructor(
    readonly refused: Refused,
    readonly reason: string,
  ) {
    super(`The mail server refused the ${refused} for good (${reason}).`);
  }
}

/** The mail was not taken this time: the server answered "later", or none answered in time. Sending it again may help. */
export class MailNotSentError extends AppError {
  readonly code = 'mail.not-sent';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The mail was not sent (${reason}); it may be sent again.`, options);
  }
}
