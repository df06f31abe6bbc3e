import { uuidOf } from '#kernel/model/uuid.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';
import { LinkInvalidError } from '../auth.errors.js';

const ID_BYTES = 16;

/** The token of a one-time link: the id of a row and a signature over it and `about`, so that nothing secret is kept. */
export function linkToken(keys: SigningKeys, about: readonly string[], linkId: string): string {
  const id = Buffer.from(linkId.replaceAll('-', ''), 'hex');
  return Buffer.concat([id, keys.sign('one-time-link', signed(about, linkId))]).toString('base64url');
}

/** The id of the row a token was made of. Raises LinkInvalidError for any that was not made by `linkToken` about the same. */
export function linkIdOf(keys: SigningKeys, about: readonly string[], token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const id = uuidOf(bytes.subarray(0, ID_BYTES));
  if (!keys.isSigned('one-time-link', signed(about, id), bytes.subarray(ID_BYTES))) throw new LinkInvalidError();
  return id;
}

function signed(about: readonly string[], id: string): string {
  return JSON.stringify([...about, id]);
}
