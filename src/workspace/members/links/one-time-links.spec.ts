import { randomBytes, randomUUID } from 'node:crypto';
import { PublicAddress } from '#kernel/resolution/public-address.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { LinkInvalidError } from '../auth.errors.js';
import { OneTimeLinks } from './one-time-links.js';

const place = { scheme: 'https', baseDomain: 'app.test', port: 443 } as const;
const linksOf = (key = randomBytes(32)) => new OneTimeLinks(new SigningKeys([{ id: 'k', key }]), new PublicAddress(place));
const [acme, globex] = ['acme', 'globex'].map((slug) => ({ id: randomUUID(), slug }) as Tenant) as [Tenant, Tenant];

describe('the token of a one-time link', () => {
  const links = linksOf();
  const id = randomUUID();
  const token = TenantScope.run(acme, () => links.tokenFor('reset', id));

  it('names its row, at its tenant and for its purpose', () => {
    expect(TenantScope.run(acme, () => links.idOf('reset', token))).toBe(id);
    expect(TenantScope.run(acme, () => links.linkFor('reset', id))).toBe(`https://acme.app.test/reset?token=${token}`);
  });

  it('names none for another purpose, at another tenant, or under another key', () => {
    TenantScope.run(acme, () => {
      expect(() => links.idOf('setup', token)).toThrow(LinkInvalidError);
      expect(() => linksOf().idOf('reset', token)).toThrow(LinkInvalidError);
    });
    TenantScope.run(globex, () => expect(() => links.idOf('reset', token)).toThrow(LinkInvalidError));
  });

  it('names none when it was changed, cut or made up', () => {
    const other = Buffer.concat([Buffer.from(randomUUID().replaceAll('-', ''), 'hex'), Buffer.from(token, 'base64url').subarray(16)]);
    TenantScope.run(acme, () => {
      for (const given of [
        '',
        'x',
        token.slice(0, -4),
        `${token}AAAA`,
        other.toString('base64url'),
        Buffer.alloc(48).toString('base64url'),
      ])
        expect(() => links.idOf('reset', given)).toThrow(LinkInvalidError);
    });
  });
});
