import { createHash } from 'node:crypto';
import { isUuid } from '#kernel/model/uuid.js';
import { isReserved } from '#kernel/resolution/reserved-names.js';

const SLUG = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])$/;
const LONGEST = 40;

/**
 * Whether this can be a tenant's name in addresses: 3 to 40 of `a-z 0-9 -`, not reserved, nothing DNS would read as encoded, and no id: who is named by a
 * name or an id must be one tenant.
 */
export function isSlug(text: string): boolean {
  return text.length >= 3 && text.length <= LONGEST && SLUG.test(text) && text.slice(2, 4) !== '--' && !isUuid(text) && !isReserved(text);
}

/** A slug for a company, always the same and always one that `isSlug` accepts; somebody else may have it already. */
export function slugFrom(companyName: string): string {
  const written = hyphenated(companyName);
  if (isSlug(written)) return written;
  return `${written || createHash('sha256').update(companyName).digest('hex').slice(0, 8)}-org`;
}

function hyphenated(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[æœ]/g, (letters) => (letters === 'æ' ? 'ae' : 'oe'))
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l');
  return ascii
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST + 1)
    .replace(/^-/, '')
    .slice(0, LONGEST)
    .replace(/-$/, '');
}
