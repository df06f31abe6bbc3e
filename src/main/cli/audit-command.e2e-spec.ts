import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { AuditStage } from '#testing/audit-stage.js';
import { AuditExport } from '#workspace/audit/audit-export.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/cli.js');

let stage: AuditStage;
let acme: Tenant;
let globex: Tenant;
let folder: string;
beforeAll(async () => {
  stage = await AuditStage.open();
  ({ acme, globex } = await stage.pair('schema'));
  for (const tenant of [acme, globex]) await stage.record(tenant, {}, {});
  folder = await mkdtemp(join(tmpdir(), 'tenantry-audit-'));
}, 60_000);
afterAll(async () => {
  await rm(folder, { recursive: true });
  await stage.close();
});

function run(...args: string[]): Promise<{ code: number; document: unknown }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args, '--json'], { env: process.env }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, document: JSON.parse(stdout) as unknown }),
    );
  });
}

describe('tenantry audit', () => {
  it('says that a record is whole, exits with 1 when one is not, and puts on record that it looked', async () => {
    expect(await run('audit', 'verify', '--tenant', acme.slug, '--reason', 'a look')).toMatchObject({
      code: 0,
      document: { valid: true, chains: [{ name: acme.slug, checked: 2, valid: true }] },
    });
    await stage.tamper(globex, `update $home.audit_event set reason = 'x' where tenant_id = $1 and seq = 2`, [globex.id]);
    expect(await run('audit', 'verify', '--tenant', globex.slug)).toMatchObject({
      code: 1,
      document: { valid: false, chains: [{ name: globex.slug, problems: [{ seq: 2, kind: 'altered' }] }] },
    });
    const looks = await new PlatformAuditChain(stage.test.platform.catalog).list({ action: 'audit.verify', limit: 20 });
    expect(looks.map(({ reason }) => reason)).toContain('a look');
    expect(JSON.parse(String(looks[0]?.actor))).toMatchObject({ type: 'operator', id: 'cli', user: expect.any(String) });
  }, 60_000);

  it('holds an exported file against its manifest', async () => {
    const exporter = new AuditExport(stage.test.platform.contexts, stage.trail, stage.signer);
    const chunks: Buffer[] = [];
    for await (const chunk of await stage.test.as(acme, () => exporter.start())) chunks.push(chunk);
    const [whole, cut] = [join(folder, 'whole.ndjson'), join(folder, 'cut.ndjson')];
    await writeFile(whole, Buffer.concat(chunks));
    await writeFile(cut, Buffer.concat(chunks.slice(1)));
    expect(await run('audit', 'verify-export', whole, '--public-key', stage.signer.publicKey)).toMatchObject({
      code: 0,
      document: { valid: true, publicKey: stage.signer.publicKey },
    });
    expect(await run('audit', 'verify-export', whole)).toMatchObject({ code: 0, document: { publicKey: stage.signer.publicKey } });
    expect(await run('audit', 'verify-export', cut)).toMatchObject({ code: 1, document: { valid: false } });
    const stranger = new AuditSigner(new SigningKeys([{ id: 'k', key: randomBytes(32) }]));
    const forged: Buffer[] = [];
    const forger = new AuditExport(stage.test.platform.contexts, stage.trail, stranger);
    for await (const chunk of await stage.test.as(acme, () => forger.start())) forged.push(chunk);
    await writeFile(whole, Buffer.concat(forged));
    expect(await run('audit', 'verify-export', whole)).toMatchObject({ code: 1, document: { valid: false, publicKey: null } });
  }, 60_000);

  it('cuts on request', async () => {
    const tenant = await stage.test.tenant('row');
    expect(await run('audit', 'cut', tenant.slug, '--before', 'soon', '--reason', 'x')).toMatchObject({ code: 2 });
    const { code, document } = await run('audit', 'cut', tenant.slug, '--before', '2100-01-01T00:00:00Z', '--reason', 'asked for');
    expect([code, document]).toMatchObject([0, { slug: tenant.slug, cut: { lastSeq: expect.any(Number) } }]);
    expect(await stage.verify(tenant)).toMatchObject({ valid: true, checked: 1 });
  }, 60_000);
});
