import { MailNotSentError, MailRefusedError } from '#workspace/notifications/mail-sender.js';

/** What the client says of a failure, as far as it is read here. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** A sender that is not let in (RFC 4954) says nothing about the mail: the settings are wrong, and the mail waits until they are right. */
const NOT_LET_IN = new Set([530, 534, 535, 538]);
/** Bad sequence of commands (RFC 5321): the session was in a wrong state, and a new one may not be. */
const WRONG_STATE = 503;

/** A failure of the SMTP client as the port names it. */
export function failureOf(error: unknown): MailRefusedError | MailNotSentError {
  const failure = error as SmtpError;
  const { code = 'no code', command = 'no command', response, responseCode } = failure;
  const reason = [code, command, ...(responseCode === undefined ? [] : [responseCode])].join(' ');
  if (isForGood(failure)) return new MailRefusedError(command === 'RCPT TO' || command === 'API' ? 'recipient' : 'mail', reason);
  // An error of the network says where it broke; one with an answer in it quotes the server, which may quote the mail.
  return new MailNotSentError(reason, response === undefined ? { cause: error } : undefined);
}

function isForGood({ code, command, responseCode }: SmtpError): boolean {
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false;
  // The client itself found the address unfit for the protocol and asked nobody.
  if (responseCode === undefined) return command === 'API';
  // A sender that is refused is a setting, and would be refused to every recipient.
  if (command === 'MAIL FROM' && responseCode !== 552) return false;
  return responseCode >= 500 && responseCode !== WRONG_STATE && !NOT_LET_IN.has(responseCode);
}
