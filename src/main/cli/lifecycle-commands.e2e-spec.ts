import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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

/** Each command is a process of its own, and a machine may be busy. */
const PATIENCE_MS = 300_000;

describe('tenantry tenant', () => {
  let stage: LifecycleStage;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await LifecycleStage.open();
  });
  beforeEach(async () => {
    ({ acme, globex } = await stage.pair('schema'));
  }, PATIENCE_MS);
  afterAll(() => stage.close());

  const on = (verb: string, ...args: string[]): Promise<Ran> => run('tenant', verb, acme.slug, '--reason', `to ${verb}`, ...args);

  it(
    'suspends, reinstates, cancels and holds, prints what is in force, and keeps why',
    async () => {
      expect(await on('suspend', '--cause', 'billing')).toMatchObject({
        code: 0,
        document: { status: 'suspended', isSealed: true, suspensions: [{ cause: 'billing', reason: 'to suspend' }] },
      });
      expect(await on('reinstate')).toMatchObject({ code: 0, document: { status: 'suspended', suspensions: [{ cause: 'billing' }] } });
      expect(await on('cancel')).toMatchObject({ code: 0, document: { status: 'cancelled', retention: { state: 'kept' } } });
      expect(await on('hold')).toMatchObject({ code: 0, document: { status: 'cancelled', legalHold: { reason: 'to hold' } } });
      const acts = (await stage.record(acme)).map(({ action, details }) => [action, details['reason']]);
      expect(acts.slice(-3)).toEqual([
        ['tenant.suspend', 'to suspend'],
        ['tenant.cancel', 'to cancel'],
        ['tenant.hold', 'to hold'],
      ]);
      expect((await stage.tests.platform.directory.refresh(globex.id))?.status).toBe('active');
    },
    PATIENCE_MS,
  );

  it(
    'exits with 2 for a cause or a reason that is none, and with 1 for what cannot be',
    async () => {
      const ran = await Promise.all([on('suspend', '--cause', 'weather'), run('tenant', 'suspend', acme.slug, '--reason', ' ')]);
      for (const one of ran) expect(one).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
      expect(await run('tenant', 'suspend', 'nobody-of-this-name', '--reason', 'x')).toMatchObject({
        code: 1,
        document: { error: { code: 'tenant.unknown' } },
      });
    },
    PATIENCE_MS,
  );
});
