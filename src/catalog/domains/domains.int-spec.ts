import { randomBytes } from 'node:crypto';
import { DomainRefusedError } from '#catalog/catalog.errors.js';
import { TestPlatform } from '#testing/test-platform.js';

describe('domains', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.open();
  });
  afterAll(() => test.close());

  const failing = (code: string) => (): Promise<string[]> => Promise.reject(Object.assign(new Error(code), { code }));

  it('stay verified while DNS does not answer, and no longer once it says that the proof is gone', async () => {
    const { id } = await test.tenant('row');
    const { domains } = test.provisioning;
    const name = `${randomBytes(6).toString('hex')}.example.test`;
    const isVerified = async (): Promise<boolean> => {
      const rows = await test.platform.catalog.em
        .getConnection()
        .execute<{ verified_at: string | null }[]>('select verified_at from domain where name = ?', [name]);
      return rows[0]?.verified_at !== null;
    };
    const { value } = await domains.claim(id, name);
    await domains.verify(id, name, () => Promise.resolve([value]));
    expect(await isVerified()).toBe(true);
    for (const code of ['ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED']) {
      await expect(domains.verify(id, name, failing(code))).rejects.toThrow(DomainRefusedError);
      expect(await isVerified()).toBe(true);
    }
    for (const lookUp of [failing('ENOTFOUND'), failing('ENODATA'), (): Promise<string[]> => Promise.resolve(['other'])]) {
      await expect(domains.verify(id, name, lookUp)).rejects.toThrow(DomainRefusedError);
      expect(await isVerified()).toBe(false);
      await domains.verify(id, name, () => Promise.resolve([value]));
    }
  });
});
