import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestMembers } from '#testing/members.js';
import { TestPlatform } from '#testing/test-platform.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/cli.js');
/** Each command is a process that has to start, on a machine that may be busy. */
const WITHIN_MS = 240_000;

describe('tenantry explain', () => {
  let tests: TestPlatform;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    tests = await TestPlatform.open();
    ({ acme, globex } = await tests.pair('schema'));
  });
  afterAll(() => tests.close());

  const run = (...args: string[]): Promise<{ code: number; document: Record<string, unknown> }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, 'explain', ...args, '--json'], { env: process.env }, (error, stdout) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, document: JSON.parse(stdout) as Record<string, unknown> }),
      );
    });

  it(
    'says of a tenant where it is, what it has and what requests get',
    async () => {
      const { code, document } = await run('tenant', acme.slug);
      const { kind, schema } = acme.placement;
      expect([code, document]).toEqual([
        0,
        expect.objectContaining({
          ...{ id: acme.id, slug: acme.slug, plan: 'professional', status: 'active', requestsGet: 'served', servedHere: true },
          host: `${acme.slug}.localhost`,
          entitlements: expect.objectContaining({ features: expect.arrayContaining(['custom-roles']) }),
          flags: { 'audit-export': true, 'signup-open': true, 'ticket-uploads': true },
          placement: expect.objectContaining({ kind, schema }),
        }),
      ]);
      expect(await run('tenant', 'nobody-at-all')).toMatchObject({ code: 1, document: { error: { code: 'tenant.unknown' } } });
    },
    WITHIN_MS,
  );

  it(
    'says of a setting every source, and who decided over the tenant’s head and why',
    async () => {
      await tests.platform.operatorSettings.override({ tenant: acme.slug, key: 'limits.upload-mb', reason: 'a migration' }, 900, null);
      expect(await run('setting', acme.slug, 'limits.upload-mb')).toMatchObject({
        code: 0,
        document: {
          ...{ tenant: acme.slug, key: 'limits.upload-mb', value: 900, winner: 'override', override: { reason: 'a migration' } },
          sources: [
            { source: 'override', state: 'used', value: 900, version: expect.any(String) },
            { source: 'tenant', state: 'absent' },
            { source: 'plan', state: 'outranked', value: 50 },
            { source: 'region', state: 'absent' },
            { source: 'code', state: 'outranked', value: 10 },
          ],
        },
      });
      expect(await run('setting', globex.slug, 'limits.upload-mb')).toMatchObject({
        document: { value: 50, winner: 'plan', override: null },
      });
      expect(await run('setting', acme.slug, 'no-such.setting')).toMatchObject({
        code: 1,
        document: { error: { code: 'settings.not-found' } },
      });
    },
    WITHIN_MS,
  );

  it(
    'says of a decision on access by which rule it is what it is',
    async () => {
      const people = new TestMembers(tests);
      const { email } = await people.member(acme, { roles: ['viewer'] });
      const ask = (...args: string[]) => run('access', acme.slug, '--permission', 'settings:write', ...args);
      expect(await ask('--member', email)).toMatchObject({
        code: 0,
        document: { allow: false, rule: 'default', steps: expect.any(Array) },
      });
      const owner = await people.founder(acme);
      expect(await ask('--member', owner)).toMatchObject({ document: { allow: false, rule: 'membership' } });
      const key = await tests.provisioning.apiKeys.issue(acme.id, 'a spec');
      expect(await ask('--key', key.id)).toMatchObject({ document: { allow: true, rule: 'role' } });
      expect(await run('access', globex.slug, '--permission', 'settings:write', '--key', key.id)).toMatchObject({ code: 2 });
      expect(await ask()).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
    },
    WITHIN_MS,
  );
});
