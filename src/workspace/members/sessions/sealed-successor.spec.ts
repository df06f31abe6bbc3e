import { randomBytes } from 'node:crypto';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { openSuccessor, sealSuccessor } from './sealed-successor.js';

const keys = new SigningKeys([{ id: 'k', key: randomBytes(32) }]);

describe('a sealed successor', () => {
  it('is read with the token before it, and does not show itself', () => {
    const sealed = sealSuccessor(keys, 'before', 'the-successor');
    expect(openSuccessor(keys, 'before', sealed)).toBe('the-successor');
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('the-successor');
    expect(sealSuccessor(keys, 'before', 'the-successor')).not.toBe(sealed);
  });

  it('is nothing to whoever lacks the token before it, or the key, or changed it', () => {
    const sealed = sealSuccessor(keys, 'before', 'the-successor');
    const stranger = new SigningKeys([{ id: 'k', key: randomBytes(32) }]);
    const damaged = Buffer.from(sealed, 'base64url');
    damaged[14] = (damaged[14] ?? 0) ^ 1;
    expect([
      openSuccessor(keys, 'another', sealed),
      openSuccessor(stranger, 'before', sealed),
      openSuccessor(keys, 'before', damaged.toString('base64url')),
      openSuccessor(keys, 'before', ''),
    ]).toEqual([null, null, null, null]);
  });
});
