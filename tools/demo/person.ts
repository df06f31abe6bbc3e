import { randomBytes } from 'node:crypto';
import { Door, type DoorAnswer } from '#tools/demo/door.js';

/** Somebody who can sign in to a tenant. */
export interface Person {
  readonly email: string;
  readonly password: string;
}

/** A session as a program has it. */
export interface MachineSession {
  readonly door: Door;
  readonly refreshToken: string;
}

/** A session as a browser has it: cookies, and what its pages send with every change. */
export interface BrowserSession {
  readonly cookie: string;
  readonly page: Readonly<Record<string, string>>;
  readonly csrfToken: string;
}

/** Nobody could guess it, and no rule refuses it. */
export function freshPassword(): string {
  return randomBytes(18).toString('base64url');
}

export function machineSession(door: Door, { body }: Pick<DoorAnswer, 'body'>): MachineSession {
  return { door: door.with({ authorization: `Bearer ${String(body['accessToken'])}` }), refreshToken: String(body['refreshToken']) };
}

export function browserSession(door: Door, { body, headers }: Pick<DoorAnswer, 'body' | 'headers'>): BrowserSession {
  const cookie = (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  const page = { origin: `http://${door.host}`, 'sec-fetch-site': 'same-origin' };
  return { cookie, page, csrfToken: String(body['csrfToken']) };
}

export async function signIn(door: Door, { email, password }: Person): Promise<MachineSession> {
  return machineSession(door, await door.call('POST', '/api/auth/login', { body: { email, password, delivery: 'body' } }));
}
