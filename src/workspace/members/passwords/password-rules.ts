import { COMMON_PASSWORDS } from './common-passwords.js';
import { PasswordRefusedError } from '../auth.errors.js';

export const PASSWORD_LENGTH = { least: 12, most: 128 } as const;

const FEWEST_CHARACTERS = 5;
const SHORTEST_NAME = 4;

/** Whom a password is for: what it must not be made of. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
  readonly company: string;
  readonly slug: string;
}

/**
 * Raises PasswordRefusedError for what guessers try first: common passwords, and the names of the person and the company, also with a few
 * signs around them. There are no rules of composition (NIST SP 800-63B, 3.1.1.2). The length is the schema's affair; `pointer` names
 * the field of the caller's body.
 */
export function requireGoodPassword(password: string, owner: PasswordOwner, pointer: string): void {
  const core = coreOf(password);
  if (COMMON_PASSWORDS.has(password.toLowerCase()) || COMMON_PASSWORDS.has(core))
    throw new PasswordRefusedError(pointer, 'is one of the most common');
  if (new Set(password).size < FEWEST_CHARACTERS) throw new PasswordRefusedError(pointer, 'repeats a few characters');
  const names = [owner.email, owner.email.split('@')[0] ?? '', owner.name, owner.company, owner.slug].map(coreOf);
  if (names.some((name) => name.length >= SHORTEST_NAME && leavesLittle(core, name)))
    throw new PasswordRefusedError(pointer, 'is made of a name');
}

/** Letters and digits alone, without the digits at the end that people add to satisfy rules. */
function coreOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/\d+$/, '');
}

function leavesLittle(core: string, name: string): boolean {
  return core.replaceAll(name, '').length < SHORTEST_NAME;
}
