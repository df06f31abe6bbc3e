import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { askStandIn, planFaults, readLog } from '../common/stand-in-control.js';
import type { MailFault } from './mail-fault.js';
import { MailFolder } from './mail-folder.js';
import { mailsTo } from './mailbox.js';
import { SmtpStandIn } from './smtp-stand-in.js';

let data: string;
let standIn: SmtpStandIn;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'smtp-'));
  standIn = await start(data);
});

afterAll(async () => {
  await standIn.stop();
  rmSync(data, { recursive: true });
});

describe('SMTP stand-in', () => {
  it('drops a mail as one private file per recipient, named for the time and the recipient', async () => {
    await send(['anna@acme.example', 'ben@globex.example']);
    const files = readdirSync(standIn.access.mail).filter((name) => /anna|ben/.test(name));
    expect(files.sort()).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-anna@acme\.example\.eml$/),
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-ben@globex\.example\.eml$/),
    ]);
    for (const file of files) expect(statSync(join(standIn.access.mail, file)).mode & 0o777).toBe(0o600);
    expect(statSync(standIn.access.mail).mode & 0o077).toBe(0);
    expect(await mailsTo(standIn.access.mail, 'ben@globex.example')).toMatchObject([{ subject: 'Hello' }]);
  });

  it('keeps the order of mails to one recipient that arrive at once', async () => {
    for (let sent = 0; sent < 20; sent++) await send(['order@acme.example'], `mail ${sent}`);
    const subjects = (await mailsTo(standIn.access.mail, 'order@acme.example')).map(({ subject }) => subject);
    expect(subjects).toEqual(Array.from({ length: 20 }, (_, index) => `mail ${index}`));
  });

  it.each(['../../../out@acme.example', '/etc/out@acme.example', 'a\0b/out@acme.example', `${'x'.repeat(400)}@acme.example`])(
    'writes no file outside its folder for a recipient called %j',
    (to) => {
      const folder = mkdtempSync(join(tmpdir(), 'smtp-'));
      new MailFolder(join(folder, 'mail')).drop(to, Buffer.from('Subject: out\r\n\r\nout\r\n'));
      expect(readdirSync(folder)).toEqual(['mail']);
      expect(readdirSync(join(folder, 'mail'))).toEqual([expect.stringMatching(/Z-[a-z0-9@._+-]{1,120}\.eml$/)]);
      rmSync(folder, { recursive: true });
    },
  );

  it('logs each recipient with the answer it was given, and nothing of the mail', async () => {
    await askStandIn(standIn.access, 'DELETE', '/_control/log');
    await planFaults<MailFault>(standIn.access, { next: [{ status: 450 }], path: '/later@' });
    await planFaults<MailFault>(standIn.access, { next: [{ drop: true }], path: '/cut@' });
    await planFaults<MailFault>(standIn.access, { next: [{ dropAfterData: true }], path: '/lost@' });
    await send(['taken@acme.example']);
    for (const name of ['later', 'cut', 'lost']) await expect(send([`${name}@acme.example`])).rejects.toThrow();
    const log = await readLog(standIn.access);
    expect(log.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'MAIL /taken@acme.example 250',
      'MAIL /later@acme.example 450',
      'MAIL /cut@acme.example 0',
      'MAIL /lost@acme.example 0',
    ]);
    expect(JSON.stringify(log)).not.toContain('Hello');
    expect(await mailsTo(standIn.access.mail, 'lost@acme.example')).toHaveLength(1);
    expect(await mailsTo(standIn.access.mail, 'cut@acme.example')).toEqual([]);
  });

  it.each([
    ['an unknown fault', 'POST', '/_control/faults', { next: [{ explode: true }] }, 400],
    ['an unknown switch', 'GET', '/_control/other', undefined, 404],
  ])('refuses %s', async (_what, method, path, body, status) => {
    await expect(askStandIn(standIn.access, method, path, body)).resolves.toMatchObject({ status });
  });

  it('says where it is in ready.json, and takes it away when it stops, cutting what waits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'smtp-'));
    const other = await start(folder);
    const ready = join(folder, 'ready.json');
    expect(JSON.parse(readFileSync(ready, 'utf8'))).toEqual(other.access);
    await planFaults<MailFault>(other.access, { next: [{ delayMs: 60_000 }] });
    const waiting = send(['waits@acme.example'], 'Hello', other);
    const cut = expect(waiting).rejects.toThrow();
    await planFaults<MailFault>(other.access, {});
    await other.stop();
    await cut;
    expect(existsSync(ready)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});

function start(folder: string): Promise<SmtpStandIn> {
  return SmtpStandIn.start({ port: 0, controlPort: 0, data: folder, mail: join(folder, 'mail') });
}

async function send(to: string[], subject = 'Hello', there = standIn): Promise<void> {
  const transport = createTransport(there.access.smtpUrl);
  await transport.sendMail({ from: 'no-reply@tenantry.example', to, subject, text: 'Hello there.' });
}
