import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { SMTPServer } from 'smtp-server';
import { SmtpMailSender, type SmtpMailSenderOptions } from '#adapters/mail/smtp-mail-sender.js';
import { planFaults, readLog } from '#tools/stand-ins/common/stand-in-control.js';
import type { MailFault } from '#tools/stand-ins/smtp/mail-fault.js';
import { mailsTo } from '#tools/stand-ins/smtp/mailbox.js';
import { SmtpStandIn } from '#tools/stand-ins/smtp/smtp-stand-in.js';
import { type Mail, MailNotSentError, MailRefusedError } from '#workspace/notifications/mail-sender.js';

const data = mkdtempSync(join(tmpdir(), 'smtp-'));
const opened: SmtpMailSender[] = [];
let standIn: SmtpStandIn;
let sender: SmtpMailSender;

beforeAll(async () => {
  standIn = await SmtpStandIn.start({ port: 0, controlPort: 0, data, mail: join(data, 'mail') });
  sender = open({ from: 'Tenantry <no-reply@tenantry.example>' });
});

afterEach(() => planFaults<MailFault>(standIn.access, { always: null }));

afterAll(async () => {
  for (const each of opened) each.close();
  await standIn.stop();
  rmSync(data, { recursive: true });
});

describe('the SMTP sender', () => {
  it('delivers text and HTML with the subject, the sender and the id it was given', async () => {
    const mail = mailTo({ subject: 'Größe übernommen ✓', headers: { 'List-Unsubscribe': '<https://acme.example/off>' } });
    await sender.send(mail);
    const [received, ...more] = await mailsTo(standIn.access.mail, mail.to);
    expect(more).toEqual([]);
    expect(received).toMatchObject({
      from: { name: 'Tenantry', address: 'no-reply@tenantry.example' },
      to: [{ address: mail.to }],
      subject: 'Größe übernommen ✓',
      messageId: `<${mail.messageId}>`,
    });
    expect(received!.headers).toContainEqual(expect.objectContaining({ key: 'list-unsubscribe', value: '<https://acme.example/off>' }));
    expect(received!.text!.trim()).toBe(mail.text);
    expect(received!.html!.trim()).toBe(mail.html);
  });

  it('uses one connection for many mails', async () => {
    const counted = await countingServer();
    const one = open({ url: counted.url });
    for (let sent = 0; sent < 5; sent++) await one.send(mailTo());
    expect(counted.connections()).toBe(1);
    one.close();
    await counted.stop();
  });

  it('says of an address that is refused for good that it is the recipient', async () => {
    const mail = mailTo();
    await planFor(mail, { status: 550 });
    const refusal = await failureOf(sender.send(mail));
    expect(refusal).toBeInstanceOf(MailRefusedError);
    expect(refusal).toMatchObject({ code: 'mail.refused', refused: 'recipient' });
    expect(await mailsTo(standIn.access.mail, mail.to)).toEqual([]);
  });

  it('says of a mail that is refused for good after it was read that it is the mail', async () => {
    const picky = await countingServer({ responseCode: 554, message: '5.7.1 refused: the-text-of-the-mail' });
    const one = open({ url: picky.url });
    const refusal = await failureOf(one.send(mailTo({ text: 'the-text-of-the-mail' })));
    expect(refusal).toBeInstanceOf(MailRefusedError);
    expect(refusal).toMatchObject({ refused: 'mail' });
    expect(wordsOf(refusal)).not.toContain('the-text-of-the-mail');
    one.close();
    await picky.stop();
  });

  it('takes a sender that is refused, or not let in, for no fault of the mail', async () => {
    const deaf = await countingServer(undefined, { onMailFrom: { responseCode: 550, message: 'not you' } });
    const closed = await countingServer(undefined, { asksForPassword: true });
    for (const server of [deaf, closed]) {
      const one = open({ url: server.url.replace('//', '//user:wrong-password@') });
      const failure = await failureOf(one.send(mailTo()));
      expect(failure).toBeInstanceOf(MailNotSentError);
      expect(wordsOf(failure)).not.toContain('wrong-password');
      one.close();
      await server.stop();
    }
  });

  it.each([
    ['is told to come back later', { status: 451 }],
    ['is hung up on before an answer', { drop: true }],
    ['is kept waiting longer than a mail may take', { delayMs: 60_000 }],
  ] satisfies [string, MailFault][])('may send again when it %s, and then does', async (_what, fault) => {
    const patient = open({ wholeMs: 'delayMs' in fault ? 500 : 15_000 });
    const mail = mailTo();
    await planFor(mail, fault);
    const failure = await failureOf(patient.send(mail));
    expect(failure).toBeInstanceOf(MailNotSentError);
    expect(failure).toMatchObject({ code: 'mail.not-sent' });
    expect(await mailsTo(standIn.access.mail, mail.to)).toEqual([]);
    await patient.send(mail);
    expect(await mailsTo(standIn.access.mail, mail.to)).toHaveLength(1);
  });

  it('sends a mail once whose answer was lost, and says that it may have arrived', async () => {
    const mail = mailTo();
    await planFor(mail, { dropAfterData: true });
    await expect(sender.send(mail)).rejects.toBeInstanceOf(MailNotSentError);
    expect(await mailsTo(standIn.access.mail, mail.to)).toHaveLength(1);
    expect((await readLog(standIn.access)).filter(({ path }) => path === `/${mail.to}`)).toHaveLength(1);
  });

  it('may send again when nobody listens, and says where it broke', async () => {
    const nobody = await countingServer();
    await nobody.stop();
    const failure = await failureOf(open({ url: nobody.url }).send(mailTo()));
    expect(failure).toBeInstanceOf(MailNotSentError);
    expect(wordsOf(failure)).toContain('ECONNREFUSED');
  });

  it('gives up in time on a server that takes the connection and says nothing', async () => {
    const silent = createServer();
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, '127.0.0.1', () => resolve((silent.address() as AddressInfo).port)),
    );
    const one = open({ url: `smtp://127.0.0.1:${port}`, wholeMs: 300 });
    await expect(one.send(mailTo())).rejects.toBeInstanceOf(MailNotSentError);
    await closing(silent);
  });
});

describe('the SMTP sender, given text of a stranger', () => {
  const breaks = ['\r\n', '\n', '\r', '\u2028', '\u0000\r\n', '\r\n\r\n'];

  it.each(breaks)('lets no %j in subject, id and headers make a header or a body of its own', async (end) => {
    const planted = `${end}Bcc: victim@elsewhere.example${end}X-Planted: yes${end}${end}<script>`;
    const mail = mailTo({
      subject: `Hello${planted}`,
      headers: { 'X-Note': `note${planted}` },
      messageId: `${randomUUID()}@acme.example${planted}`,
    });
    await sender.send(mail);
    const [received] = await mailsTo(standIn.access.mail, mail.to);
    const names = received!.headers.map(({ key }) => key);
    expect(names).not.toContain('x-planted');
    expect(names).not.toContain('bcc');
    expect(received!.subject).toMatch(/^Hello.*Bcc: victim/);
    expect(received!.text!.trim()).toBe(mail.text);
    expect(await mailsTo(standIn.access.mail, 'victim@elsewhere.example')).toEqual([]);
  });

  it.each([
    'a@acme.example, victim@elsewhere.example',
    'a@acme.example\r\nRCPT TO:<victim@elsewhere.example>',
    'Anna <a@acme.example>',
    '"a b"@acme.example',
    'a@[127.0.0.1]',
    'nobody',
    '',
  ])('refuses %j, which is not one address', async (to) => {
    const before = readdirSync(standIn.access.mail).length;
    await expect(sender.send(mailTo({ to }))).rejects.toMatchObject({ code: 'mail.refused', refused: 'recipient' });
    expect(readdirSync(standIn.access.mail)).toHaveLength(before);
  });

  it.each(['X-Note\r\nBcc', 'X Note', 'X-Note:', ''])('refuses %j as the name of a header', async (name) => {
    await expect(sender.send(mailTo({ headers: { [name]: 'victim@elsewhere.example' } }))).rejects.toMatchObject({
      code: 'mail.refused',
      refused: 'mail',
    });
  });

  it('sends to nobody else, whatever the headers name', async () => {
    const [mail, other] = [mailTo(), mailTo()];
    await sender.send({ ...mail, headers: { Bcc: other.to, Cc: other.to } });
    expect(await mailsTo(standIn.access.mail, mail.to)).toHaveLength(1);
    expect(await mailsTo(standIn.access.mail, other.to)).toEqual([]);
  });
});

describe('the SMTP sender and TLS', () => {
  it('sends nothing to a server without TLS where TLS is required', async () => {
    const mail = mailTo();
    await expect(open({ requiresTls: true }).send(mail)).rejects.toBeInstanceOf(MailNotSentError);
    expect(await mailsTo(standIn.access.mail, mail.to)).toEqual([]);
  });

  it.each(['smtp', 'smtps'])('sends nothing by %s to a server whose certificate nobody vouches for', async (scheme) => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keyType: 'ec', algorithm: 'sha256' });
    const stranger = await countingServer(undefined, { tls: { cert, key, secure: scheme === 'smtps' } });
    const failure = await failureOf(open({ url: stranger.url.replace('smtp:', `${scheme}:`) }).send(mailTo()));
    expect(failure).toBeInstanceOf(MailNotSentError);
    expect(stranger.mails()).toBe(0);
    await stranger.stop();
  });
});

function open(options: Partial<SmtpMailSenderOptions>): SmtpMailSender {
  const made = new SmtpMailSender({ url: standIn.access.smtpUrl, from: 'no-reply@tenantry.example', requiresTls: false, ...options });
  opened.push(made);
  return made;
}

function mailTo(changed: Partial<Mail> = {}): Mail {
  return {
    to: `anna.${randomUUID()}@acme.example`,
    subject: 'Welcome',
    text: 'Welcome to Acme.',
    html: '<p>Welcome to <b>Acme</b>.</p>',
    messageId: `${randomUUID()}@tenantry.example`,
    ...changed,
  };
}

function planFor(mail: Mail, fault: MailFault): Promise<void> {
  return planFaults<MailFault>(standIn.access, { next: [fault], path: `/${mail.to}` });
}

async function failureOf(sent: Promise<void>): Promise<unknown> {
  return sent.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** All that a log could print of an error. */
function wordsOf(error: unknown): string {
  const { message, cause, ...rest } = error as Error;
  return `${message} ${String(cause)} ${JSON.stringify(cause)} ${JSON.stringify(rest)}`;
}

interface Refusal {
  responseCode: number;
  message: string;
}

/** A mail server of its own that keeps nothing and may refuse. */
async function countingServer(
  onData?: Refusal,
  other: { onMailFrom?: Refusal; asksForPassword?: boolean; tls?: { cert: string; key: string; secure: boolean } } = {},
): Promise<{ url: string; connections: () => number; mails: () => number; stop: () => Promise<void> }> {
  const counts = { connections: 0, mails: 0 };
  const refused = (refusal: Refusal): Error => Object.assign(new Error(refusal.message), { responseCode: refusal.responseCode });
  const server = new SMTPServer({
    ...other.tls,
    disabledCommands: [...(other.asksForPassword ? [] : ['AUTH']), ...(other.tls ? [] : ['STARTTLS'])],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onAuth: (_auth, _session, answer) => answer(refused({ responseCode: 535, message: 'no' })),
    onMailFrom: (_address, _session, answer) => answer(other.onMailFrom && refused(other.onMailFrom)),
    onData: (stream, _session, answer) => {
      counts.mails++;
      stream.resume().once('end', () => answer(onData && refused(onData)));
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', () => counts.connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    connections: () => counts.connections,
    mails: () => counts.mails,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

function closing(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
