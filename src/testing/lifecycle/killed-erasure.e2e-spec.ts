import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { certificateProblems, fileOf } from '#control/lifecycle/erasure/erasure-certificate.js';
import { ERASE_TENANT } from '#control/lifecycle/erasure/erase-tenant.work.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { ErasureOrderOfSpec } from '#testing/lifecycle/erasure-process.js';
import { ErasureStage } from '#testing/lifecycle/erasure-stage.js';
import type { Tier } from '#testing/test-platform.js';

const PROGRAM = join(process.cwd(), 'dist/src/testing/lifecycle/erasure-process.js');
const AROUND = (store: string): string[] => [`before ${store}`, `after ${store}`];
/** What does not depend on the tier is tried on one. */
const KILLED_AT: [Tier, string[]][] = [
  ['row', AROUND('postgresql')],
  ['schema', ['after queue', ...AROUND('billing'), 'after redis']],
  ['database', ['after begin', ...AROUND('postgresql'), 'after object-store', 'after key-vault', 'before finish', 'after finish']],
];

let stage: ErasureStage;
beforeAll(async () => {
  stage = await ErasureStage.open({ isBillingReal: true });
});
afterAll(() => stage.close());

/** The signal that ended it, or its exit code. */
function work(order: ErasureOrderOfSpec): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM, JSON.stringify(order)], {
      env: process.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? `${String(code)} ${said}`.trim()));
  });
}

describe.each(KILLED_AT)('an erasure of a tenant of the %s tier', (tier, points) => {
  it(`whose process is killed with -9 at every point ends with nothing left, one certificate, and its neighbour as it was`, async () => {
    const { acme, globex } = await stage.pair(tier);
    const before = await lastingOf(globex);
    const { works } = stage.tests.platform;
    const input = { requestedBy: 'Ada', reason: 'the contract is over', earlyFor: null };
    const workId = await works.ask({ kind: ERASE_TENANT, input, tenantId: acme.id, key: acme.id });
    const now = stage.clock.now().toISOString();
    for (const dieAt of points) expect([dieAt, await work({ workId, now, dieAt })]).toEqual([dieAt, 'SIGKILL']);
    expect(await work({ workId, now, dieAt: null })).toBe('0');

    expect(Object.values(await stage.findings(acme)).flat()).toEqual([]);
    expect(await lastingOf(globex)).toEqual(before);
    const certificate = await stage.tombstones.certificateOf(acme.id);
    expect(certificateProblems(fileOf(certificate), [stage.signer.publicKey])).toEqual([]);
    const [kept] = await stage.catalog(`select input, origin ->> 'surface' as surface, key from work where id = ?`, [workId]);
    expect(kept).toEqual({ input: {}, surface: 'system', key: null });
  }, 600_000);
});

async function lastingOf(tenant: Tenant): Promise<unknown> {
  return { ...(await stage.findings(tenant)), redis: 'a cache', queue: 'comes and goes' };
}
