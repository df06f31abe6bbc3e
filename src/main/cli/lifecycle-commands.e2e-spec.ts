import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { LifecycleStage } from '#testing/lifecycle/lifecycle-stage.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/cli.js');

interface Ran {
  readonly code: number;
  readonly document: Record<string, unknown>;
}

function run(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args, '--json'], { env: process.env }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, document: JSON.parse(stdout) as Ran['document'] }),
    );
  });
}

describe('tenantry tenant', () => {
  let stage: LifecycleStage;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await LifecycleStage.open();
    ({ acme, globex } = await stage.pair('schema'));
  }, 60_000);
  afterAll(() => stage.close());

  const on = (verb: string, ...args: string[]): Promise<Ran> => run('tenant', verb, acme.slug, '--reason', `to ${verb}`, ...args);

  it('suspends, reinstates, cancels, holds, releases and reactivates, prints what is in force, and keeps why', async () => {
    expect(await on('suspend', '--cause', 'billing')).toMatchObject({ code: 0, document: { status: 'suspended', isSealed: true } });
    expect(await on('suspend')).toMatchObject({
      document: { suspensions: [{ cause: 'billing' }, { cause: 'operator', reason: 'to suspend' }] },
    });
    expect(await on('reinstate')).toMatchObject({ code: 0, document: { status: 'suspended', suspensions: [{ cause: 'billing' }] } });
    expect(await on('reinstate', '--cause', 'billing')).toMatchObject({ code: 0, document: { status: 'active', suspensions: [] } });
    expect(await on('cancel')).toMatchObject({ code: 0, document: { status: 'cancelled', retention: { state: 'kept' } } });
    expect(await on('hold')).toMatchObject({ code: 0, document: { legalHold: { reason: 'to hold' } } });
    expect(await on('release')).toMatchObject({ code: 0, document: { legalHold: null } });
    expect(await on('reactivate')).toMatchObject({ code: 0, document: { status: 'active', retention: null } });
    const acts = (await stage.record(acme)).map(({ action, details }) => [action, details['reason']]);
    expect(acts.slice(-8)).toEqual([
      ['tenant.suspend', 'to suspend'],
      ['tenant.suspend', 'to suspend'],
      ['tenant.reinstate', 'to reinstate'],
      ['tenant.reinstate', 'to reinstate'],
      ['tenant.cancel', 'to cancel'],
      ['tenant.hold', 'to hold'],
      ['tenant.release', 'to release'],
      ['tenant.reactivate', 'to reactivate'],
    ]);
    expect((await stage.tests.platform.directory.refresh(globex.id))?.status).toBe('active');
  }, 120_000);

  it('exits with 2 for a cause or a reason that is none, and with 1 for what cannot be', async () => {
    expect(await on('suspend', '--cause', 'weather')).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
    expect(await run('tenant', 'suspend', acme.slug, '--reason', ' ')).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
    expect(await run('tenant', 'suspend', acme.slug)).toMatchObject({ code: 2 });
    expect(await run('tenant', 'suspend', 'nobody-of-this-name', '--reason', 'x')).toMatchObject({
      code: 1,
      document: { error: { code: 'tenant.unknown' } },
    });
  }, 60_000);
});
