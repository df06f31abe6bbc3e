import { uuidOf } from '#kernel/model/uuid.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';

const PURPOSE = 'operator-access';
const PREFIX = 'tno_';
const ID_BYTES = 16;
const TIME_BYTES = 6;
const SIGNED_BYTES = ID_BYTES + TIME_BYTES;
const TEXT = /^tno_[A-Za-z0-9_-]{72}$/;

/** What opens the operators' host until `expiresAt`: the id of a session, signed with a key that signs nothing of tenants. Scanners find it by its prefix. */
export function signOperatorAccess(keys: SigningKeys, sessionId: string, expiresAt: Date): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(expiresAt.getTime(), 0, TIME_BYTES);
  const signed = Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), time]);
  return PREFIX + Buffer.concat([signed, keys.sign(PURPOSE, signed.toString('hex'))]).toString('base64url');
}

/** The session an access token speaks for; null for one that was not made here, or is too old. */
export function readOperatorAccess(keys: SigningKeys, token: string, now: Date): string | null {
  if (!TEXT.test(token)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  const signed = bytes.subarray(0, SIGNED_BYTES);
  if (!keys.isSigned(PURPOSE, signed.toString('hex'), bytes.subarray(SIGNED_BYTES))) return null;
  if (signed.readUIntBE(ID_BYTES, TIME_BYTES) <= now.getTime()) return null;
  return uuidOf(signed.subarray(0, ID_BYTES));
}
