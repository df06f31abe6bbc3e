import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import { OperatorStage } from '#testing/operators/operator-stage.js';
import { projectFolder } from '#main/project-folder.js';
import { TEST_PASSWORD } from '#testing/members.js';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function cli(...words: string[]): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  execFile(process.execPath, [join(projectFolder(), 'dist/src/main/cli.js'), ...words], { env: process.env }, (error, stdout, stderr) =>
    resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
  );
  return promise;
}

describe('`operator` at the command line', () => {
  let stage: OperatorStage;
  beforeAll(async () => {
    stage = await OperatorStage.open();
    // Or the one made here would be the first, and an owner.
    await stage.person(['support']);
  });
  afterAll(() => stage.close());

  it('makes somebody who sets a password by a link that is shown once, lists and disables them, and is on record with who and why', async () => {
    const email = `op-${randomBytes(6).toString('hex')}@example.test`;
    const made = await cli(
      'operator',
      'create',
      '--email',
      email.toUpperCase(),
      '--name',
      'Ada',
      '--role',
      'operator,billing',
      '--reason',
      'the first',
      '--json',
    );
    expect([made.code, JSON.parse(made.stdout)]).toEqual([
      0,
      {
        ...{ id: expect.any(String), email, name: 'Ada', roles: ['operator', 'billing'], status: 'invited' },
        ...{ setupUrl: expect.stringMatching(/^http:\/\/admin\.localhost[:/].*\/setup\?token=/), expiresAt: expect.any(String) },
      },
    ]);
    const { id, setupUrl } = JSON.parse(made.stdout) as { id: string; setupUrl: string };
    const token = new URL(setupUrl).searchParams.get('token');
    const set = await stage.ask('POST', '/api/platform/auth/setup', {}, { token, password: TEST_PASSWORD });
    expect([set.statusCode, set.json()]).toEqual([200, { email, name: 'Ada' }]);
    const { bearer } = await stage.signIn({ id, email });
    const listed = await cli('operator', 'list', '--json');
    expect(JSON.parse(listed.stdout)).toEqual(
      expect.arrayContaining([{ id, email, name: 'Ada', roles: ['operator', 'billing'], status: 'active' }]),
    );
    expect(listed.stdout).not.toContain('argon2');
    const disabled = await cli('operator', 'disable', '--email', email, '--reason', 'left us', '--json');
    expect([disabled.code, JSON.parse(disabled.stdout)]).toMatchObject([0, { status: 'disabled' }]);
    expect((await stage.ask('GET', '/api/platform/auth/me', bearer)).statusCode).toBe(401);
    const events = await new PlatformAuditChain(stage.tests.platform.catalog).list({ limit: 100 });
    const own = events
      .filter(({ surface, targets }) => surface === 'cli' && targets.includes(id))
      .map(({ action, reason }) => [action, reason]);
    expect(own).toEqual([
      ['operator.change', 'left us'],
      ['operator.create', 'the first'],
    ]);
  }, 240_000);

  it('says what is wrong: 1 for what failed, 2 for what was asked for wrongly', async () => {
    const { email } = await stage.person(['support']);
    const taken = await cli('operator', 'create', '--email', email, '--json');
    expect([taken.code, JSON.parse(taken.stdout)]).toMatchObject([1, { error: { code: 'operators.email-taken' } }]);
    const nobody = await cli('operator', 'disable', '--email', `x${email}`, '--json');
    expect([nobody.code, JSON.parse(nobody.stdout)]).toMatchObject([1, { error: { code: 'operators.not-found' } }]);
    for (const words of [
      ['create', '--email', 'nobody'],
      ['create', '--email', `y${email}`, '--role', 'emperor'],
    ])
      expect([words, (await cli('operator', ...words, '--json')).code]).toEqual([words, 2]);
  }, 240_000);
});
