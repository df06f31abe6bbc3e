import { PasswordRefusedError } from '../auth.errors.js';
import { requireGoodPassword } from './password-rules.js';

const OWNER = { email: 'ada.lovelace@acme.test', name: 'Ada Lovelace', company: 'Acme Engines', slug: 'acme-engines' };
const check = (password: string) => () => requireGoodPassword(password, OWNER, '/password');

describe('a new password', () => {
  it.each([
    'password1234',
    'PASSWORD-2026',
    'qwertyuiop12',
    '123456789012',
    'Welcome!!!!!1',
    'tenantry-2026!',
    'aaaaaaaaaaaaaaaa',
    'abababababab',
    'adalovelace1',
    'Ada Lovelace 1815',
    'ada.lovelace@acme.test',
    'acme-engines-2026',
    'AcmeEngines!!',
  ])('is refused when it is among the first that are tried: %s', (password) => {
    expect(check(password)).toThrow(PasswordRefusedError);
  });

  it.each([
    'violet-anchor-ninety',
    'eight lamps over Bergen',
    'acme needs a longer secret',
    'xK4$vT9!qLw2',
    'пароль-из-семи-слов',
    '密碼應該夠長而且不常見才行',
  ])('needs no rules of composition: %s', (password) => {
    expect(check(password)).not.toThrow();
  });
});
