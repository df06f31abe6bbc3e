import type { Customer } from '#tools/demo/customer.js';
import { type Door, outcomeOf } from '#tools/demo/door.js';
import type { Findings } from '#tools/demo/findings.js';
import type { Mailbox } from '#tools/demo/mailbox.js';
import type { Colleague } from '#tools/demo/office.js';
import { type BrowserSession, browserSession, freshPassword, machineSession } from '#tools/demo/person.js';

const COOKIES = '__Host-at, __Host-csrf, __Host-rt';

/** The owner of a new tenant comes in by the link they were mailed, and signs in like a browser and like a program. */
export async function welcomeOwner(
  door: Door,
  { slug }: Customer,
  mailbox: Mailbox,
  findings: Findings,
): Promise<{ owner: Colleague; browser: BrowserSession }> {
  const email = `admin@${slug}.example`;
  const token = await mailbox.setUpToken(email);
  findings.expect('the owner is mailed a link', token === null ? 'no mail' : 'mailed', 'mailed');
  const setUp = { body: { token: token ?? '-', password: freshPassword() } };
  findings.expect('sets a password by it', outcomeOf(await door.call('POST', '/api/auth/setup', setUp)), '200');
  findings.expect('uses the link again', outcomeOf(await door.call('POST', '/api/auth/setup', setUp)), '400 auth.link-invalid');

  const login = { email, password: setUp.body.password };
  const wrong = await door.call('POST', '/api/auth/login', { body: { ...login, password: freshPassword() } });
  findings.expect('signs in with another password', outcomeOf(wrong), '401 auth.invalid-login');
  const nobody = await door.call('POST', '/api/auth/login', { body: { ...login, email: `nobody@${slug}.example` } });
  findings.expect('somebody unknown signs in', outcomeOf(nobody), '401 auth.invalid-login');

  const asBrowser = await door.call('POST', '/api/auth/login', { body: login });
  const names = (asBrowser.headers['set-cookie'] ?? []).map((line) => line.split('=')[0]).sort();
  findings.expect('signs in like a browser', names.join(', ') || outcomeOf(asBrowser), COOKIES);
  const browser = browserSession(door, asBrowser);
  await changeAsPage(door, browser, findings);

  const asProgram = await door.call('POST', '/api/auth/login', { body: { ...login, delivery: 'body' } });
  const session = machineSession(door, asProgram);
  const { body: me } = await session.door.call('GET', '/api/auth/me');
  findings.expect('signs in like a program, and is', String(me['role']), 'owner');
  return { owner: { ...login, id: String(me['id']), session }, browser };
}

async function changeAsPage(door: Door, { cookie, page, csrfToken }: BrowserSession, findings: Findings): Promise<void> {
  const change = (headers: Record<string, string>) => door.with({ cookie, ...headers }).call('DELETE', '/api/auth/sessions?except=current');
  findings.expect('a page changes something with the cookies alone', outcomeOf(await change(page)), '403 csrf.missing');
  const elsewhere = { 'x-csrf-token': csrfToken, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' };
  findings.expect("a page of another site, with the page's token", outcomeOf(await change(elsewhere)), '403 csrf.cross-site');
  findings.expect('a page of its own with the token', outcomeOf(await change({ ...page, 'x-csrf-token': csrfToken })), '204');
}
