import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlagSubject } from '#kernel/flags/flags.js';
import { Superuser } from '#testing/faults/superuser.js';
import { until } from '#testing/faults/until.js';
import type { UnleashAccess } from '#tools/stand-ins/unleash/unleash-process.js';
import { UnleashFlags } from './unleash-flags.js';

const PROGRAM = join(process.cwd(), 'dist/tools/stand-ins/unleash/server.js');
const FLAGS_FILE = join(process.cwd(), 'provisioning/flags.json');
const ACME: FlagSubject = { id: '01970000-0000-7000-8000-000000000001', plan: 'starter', region: 'eu-west', placement: { kind: 'row' } };
const GLOBEX: FlagSubject = { ...ACME, id: '01970000-0000-7000-8000-000000000002', plan: 'enterprise' };
const WITHIN_MS = 90_000;

describe('flags of a real Unleash server', () => {
  const database = `unleash_${randomBytes(5).toString('hex')}`;
  const databaseUrl = String(process.env['CATALOG_PROVISION_URL']);
  const open: UnleashFlags[] = [];
  let folder: string;
  let server: ChildProcess | undefined;
  let access: UnleashAccess | undefined;
  let said = '';

  const begin = async (): Promise<void> => {
    await rm(join(folder, 'ready.json'), { force: true });
    const args = ['--port', access ? new URL(access.url).port : '0', '--data', folder, '--database', database, '--flags', FLAGS_FILE];
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: { PATH: process.env['PATH'], UNLEASH_DATABASE_URL: databaseUrl } });
    server = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    await until(async () => {
      if (child.exitCode !== null) throw new Error(said.slice(-2_000));
      return (await readFile(join(folder, 'ready.json'), 'utf8').catch(() => '')) !== '';
    }, WITHIN_MS);
    access = JSON.parse(await readFile(join(folder, 'ready.json'), 'utf8')) as UnleashAccess;
  };
  const end = async (): Promise<void> => {
    if (!server || server.exitCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const there = (): UnleashAccess => access ?? raise();
  const admin = async (method: string, path: string, body?: object): Promise<void> => {
    const answer = await fetch(`${there().url}/api/admin${path}`, {
      ...{ method, headers: { authorization: there().adminToken, 'content-type': 'application/json' } },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const ask = async (backup: string): Promise<UnleashFlags> => {
    const flags = await UnleashFlags.open({
      ...{ appName: 'specs', bootstrapFile: FLAGS_FILE, backupFolder: join(folder, backup), refreshMs: 200 },
      ...{ server: { url: there().apiUrl, token: there().clientToken }, log: { info: () => undefined, warn: () => undefined } },
    });
    open.push(flags);
    return flags;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantry-unleash-'));
    await begin();
  }, WITHIN_MS);
  afterAll(async () => {
    for (const flags of open) flags.close();
    await end();
    const superuser = await Superuser.on(databaseUrl);
    await superuser.run(`drop database if exists ${database} with (force)`);
    await superuser.close();
    await rm(folder, { recursive: true });
  });

  it('meet tenants by plan and by share, and hold while the server is gone, over a restart of either', async () => {
    const flags = await ask('backup');
    await until(() => flags.health.status === 'up', 20_000);
    expect([ACME, GLOBEX].map((tenant) => flags.isOn('ticket-uploads', tenant))).toEqual([true, true]);

    await admin('POST', '/context', { name: 'tenantId', stickiness: true });
    await admin('POST', '/context', { name: 'plan', legalValues: [{ value: 'starter' }, { value: 'enterprise' }] });
    const uploads = '/projects/default/features/ticket-uploads/environments/development';
    const strategies = await fetch(`${there().url}/api/admin${uploads}/strategies`, { headers: { authorization: there().adminToken } });
    await admin('POST', `${uploads}/strategies`, {
      name: 'flexibleRollout',
      parameters: { rollout: '100', stickiness: 'tenantId', groupId: 'ticket-uploads' },
      constraints: [{ contextName: 'plan', operator: 'IN', values: ['enterprise'] }],
    });
    // With its last way of being on gone, a flag is off: so the old ones go last.
    for (const { id } of (await strategies.json()) as { id: string }[]) await admin('DELETE', `${uploads}/strategies/${id}`);
    await until(() => !flags.isOn('ticket-uploads', ACME), 20_000);
    expect(flags.isOn('ticket-uploads', GLOBEX)).toBe(true);

    const audit = '/projects/default/features/audit-export/environments/development';
    await admin('POST', `${audit}/off`);
    await until(() => !flags.isOn('audit-export', GLOBEX), 20_000);

    await end();
    await until(() => flags.health.status === 'degraded', 30_000);
    const restarted = await ask('backup');
    expect(restarted.health).toEqual({ status: 'degraded', origin: 'backup' });
    for (const each of [flags, restarted])
      expect([each.isOn('ticket-uploads', ACME), each.isOn('ticket-uploads', GLOBEX), each.isOn('audit-export', GLOBEX)]).toEqual([
        false,
        true,
        false,
      ]);

    await begin();
    await until(() => flags.health.status === 'up' && restarted.health.status === 'up', 60_000);
    await admin('POST', `${audit}/on`);
    await until(() => flags.isOn('audit-export', GLOBEX) && restarted.isOn('audit-export', GLOBEX), 30_000);
    expect([flags, restarted].map((each) => each.isOn('ticket-uploads', ACME))).toEqual([false, false]);
  }, 240_000);
});

function raise(): never {
  throw new Error('the server was not started');
}
