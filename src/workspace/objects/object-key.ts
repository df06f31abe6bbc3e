import { InvalidObjectKeyError } from '#workspace/objects/objects.errors.js';

// No upper case: some disks take A and a for one name. No dot: so no way up, and endings are the store's own.
const PART = '[a-z0-9][a-z0-9-]{0,63}';
const KEY = new RegExp(`^${PART}(?:/${PART}){0,7}$`);
const PREFIX = new RegExp(`^(?:${PART}/){1,7}$`);

/** The key itself: one to eight parts of lower-case letters, digits and hyphens, 64 at most, joined by slashes. Raises InvalidObjectKeyError. */
export function requireObjectKey(key: string): string {
  if (!KEY.test(key)) throw new InvalidObjectKeyError();
  return key;
}

/** The prefix itself: parts of a key, each with its slash, so that `tenants/1/` never takes in `tenants/12/`. Raises InvalidObjectKeyError. */
export function requireObjectPrefix(prefix: string): string {
  if (!PREFIX.test(prefix)) throw new InvalidObjectKeyError();
  return prefix;
}
