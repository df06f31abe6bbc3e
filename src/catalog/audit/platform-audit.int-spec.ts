import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PlatformAuditChain, type PlatformEvent } from '#catalog/audit/platform-audit-chain.js';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import { atDatabase } from '#adapters/postgres/session.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { NamedVerdict } from '#control/audit/audit-verification.js';
import { openAuditVerification } from '#main/open-audit-verification.js';
import { AuditStage } from '#testing/audit-stage.js';

let stage: AuditStage;
let chain: PlatformAuditChain;
beforeAll(async () => {
  stage = await AuditStage.open();
  chain = new PlatformAuditChain(stage.test.platform.catalog);
});
afterAll(() => stage.close());

const CLI: WorkOrigin = {
  ...{ surface: 'cli', principal: null, requestId: 'r', traceParent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` },
  operator: { name: 'Ada Lovelace', roles: ['owner'], reason: 'asked for' },
};

async function verdicts(slug?: string): Promise<NamedVerdict[]> {
  const found: NamedVerdict[] = [];
  for await (const verdict of openAuditVerification(stage.test.platform).verify(slug)) found.push(verdict);
  return found;
}

describe('the record of the platform', () => {
  it('has every act on a tenant, with who and why, in the order it was done', async () => {
    const { acme, globex } = await stage.pair('row');
    await WorkOrigin.run(CLI, async () => {
      const { provisioner, apiKeys, domains } = stage.test.provisioning;
      await provisioner.setStatus(acme.id, 'suspended');
      await provisioner.setStatus(acme.id, 'active');
      const { id } = await apiKeys.issue(acme.id, 'a key');
      await apiKeys.revoke(acme.id, id);
      await domains.claim(acme.id, `${acme.slug}.example.test`);
      await expect(domains.verify(acme.id, `${acme.slug}.example.test`, async () => [])).rejects.toThrow();
    });
    const events = await chain.list({ tenantId: acme.id, limit: 20 });
    expect(events.map(({ action }) => action).reverse()).toEqual([
      ...['tenant.reserve', 'tenant.change-status', 'tenant.change-status', 'tenant.change-status'],
      ...['tenant.issue-key', 'tenant.revoke-key', 'tenant.claim-domain', 'tenant.verify-domain'],
    ]);
    expect(events.slice(0, 6).map(brief)).toEqual(
      Array(6).fill({ actor: { type: 'operator', id: 'cli', user: 'Ada Lovelace' }, reason: 'asked for', surface: 'cli' }),
    );
    expect(JSON.parse(String(events[5]?.changes))).toEqual([{ path: 'status', old: 'active', new: 'suspended' }]);
    expect(JSON.stringify(await chain.list({ tenantId: globex.id, limit: 20 }))).not.toContain('Lovelace');
  });

  it('is not kept when the act is not', async () => {
    const { acme, globex } = await stage.pair('row');
    const before = await chain.list({ tenantId: acme.id, limit: 50 });
    const { platformAudit, catalog } = stage.test.platform;
    const givenUp = catalog.em.fork().transactional(async (em) => {
      await platformAudit.record(em, { action: 'specs.act', targets: [tenantTarget(acme.id)] });
      throw new RangeError('given up');
    });
    await expect(givenUp).rejects.toThrow(RangeError);
    expect(await chain.list({ tenantId: acme.id, limit: 50 })).toEqual(before);
    expect(await chain.list({ action: 'specs.act', tenantId: globex.id, limit: 1 })).toEqual([]);
  });

  it('stays a chain when many write at once', async () => {
    const { acme, globex } = await stage.pair('row');
    const { platformAudit } = stage.test.platform;
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        platformAudit.recordAlone({ action: 'specs.act', targets: [tenantTarget((n % 2 ? acme : globex).id)] }),
      ),
    );
    const all = await verdicts();
    expect(all.find(({ name }) => name === 'platform')).toMatchObject({ valid: true, problems: [] });
    expect(all.find(({ name }) => name === acme.slug)).toMatchObject({ valid: true });
  });

  it.each([
    'update platform_audit_event set reason = null',
    'delete from platform_audit_event',
    'update platform_audit_head set seq = 0',
    "insert into platform_audit_head (seq, hash) values (1, sha256(''))",
    'delete from audit_anchor',
    'update audit_anchor set seq = 0',
    'delete from audit_key',
    "update audit_key set public_key = repeat('x', 60)",
  ])('is out of reach of the login that writes it, and of the owner: %s', async (text) => {
    const { catalog, config } = stage.test.platform;
    await expect(catalog.em.fork().execute(text)).rejects.toMatchObject({ code: '42501' });
    const url = atDatabase(String(config.CATALOG_PROVISION_URL), new URL(config.CATALOG_DATABASE_URL).pathname.slice(1));
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    await expect(owner.query(text)).rejects.toMatchObject({ code: '42501' });
    await owner.end();
  });

  it('is looked through together with those of the tenants; who changed one is told apart from the others', async () => {
    const { acme, globex } = await stage.pair('schema');
    for (const tenant of [acme, globex]) await stage.record(tenant, {}, {});
    await stage.tamper(acme, `update $home.audit_event set reason = 'x' where tenant_id = $1 and seq = 1`, [acme.id]);
    expect(await verdicts(acme.slug)).toMatchObject([{ name: acme.slug, valid: false, problems: [{ seq: 1, kind: 'altered' }] }]);
    expect(await verdicts(globex.slug)).toMatchObject([{ name: globex.slug, valid: true }]);
  });
});

function brief({ actor, reason, surface }: PlatformEvent): object {
  return { actor: JSON.parse(actor) as unknown, reason, surface };
}
