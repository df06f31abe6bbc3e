import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditStage } from '#testing/audit-stage.js';
import { TIERS } from '#testing/test-platform.js';

let stage: AuditStage;
beforeAll(async () => {
  stage = await AuditStage.open();
});
afterAll(() => stage.close());

const LATER = new Date('2100-01-01T00:00:00Z');

describe.each(TIERS)('the retention of a tenant of the %s tier', (tier) => {
  it('takes a beginning away, says so, and leaves a chain that begins behind it', async () => {
    const { acme, globex } = await stage.pair(tier);
    const retention = stage.test.provisioning.auditRetention;
    for (const tenant of [acme, globex])
      await stage.record(tenant, ...[1, 2, 3, 4, 5].map(() => ({ targets: [{ type: 'ticket', id: 't' }] })));
    await stage.anchor(acme);
    const { rows } = await stage.tamper(acme, `select now() as now`);
    const before = rows[0]?.['now'] as Date;
    await stage.record(acme, {}, {});
    expect(await retention.cut(acme, before)).toMatchObject({ lastSeq: 5, count: 5 });
    expect(await stage.verify(acme)).toMatchObject({ valid: true, checked: 3, problems: [] });
    expect(await stage.verify(globex)).toMatchObject({ valid: true, checked: 5 });
    const left = await stage.test.as(acme, () => stage.chain().page(0, 10));
    expect(left.map(({ seq, action }) => [seq, action])).toEqual([
      [6, 'specs.note'],
      [7, 'specs.note'],
      [8, 'audit.retention-cut'],
    ]);
    expect(await retention.cut(acme, before)).toBeNull();
    expect(await retention.cut(acme, LATER)).toMatchObject({ lastSeq: 8, count: 3 });
    expect(await stage.verify(acme)).toMatchObject({ valid: true, checked: 1 });
  });

  it('is not imitated: a beginning that goes by another hand is found', async () => {
    const { acme, globex } = await stage.pair(tier);
    await stage.record(acme, {}, {}, {});
    const [, second] = await stage.test.as(acme, () => stage.chain().page(0, 2));
    // Everything of it is as it would be, but for the signature.
    const details = { lastSeq: 2, lastLink: String(second?.hash), count: 2, before: LATER.toISOString(), proof: 'AAAA' };
    await stage.record(acme, { action: 'audit.retention-cut', details });
    await stage.record(globex, {}, {});
    await stage.tamper(acme, 'delete from $home.audit_event where tenant_id = $1 and seq <= 2', [acme.id]);
    const { valid, problems } = await stage.verify(acme);
    expect([valid, problems.map(({ kind }) => kind)]).toEqual([false, ['cut-forged', 'deleted']]);
    await stage.test.provisioning.auditRetention.cut(globex, LATER);
    await stage.tamper(globex, 'delete from $home.audit_event where tenant_id = $1', [globex.id]);
    expect(await stage.verify(globex)).toMatchObject({ valid: false, problems: [{ kind: 'truncated' }] });
  });

  it('is not stretched: what goes behind a cut that was signed is found', async () => {
    const { acme, globex } = await stage.pair(tier);
    await stage.record(acme, {}, {});
    await stage.record(globex, {}, {});
    const { rows } = await stage.tamper(acme, 'select now() as now');
    await stage.record(acme, {}, {});
    await stage.test.provisioning.auditRetention.cut(acme, rows[0]?.['now'] as Date);
    expect(await stage.verify(acme)).toMatchObject({ valid: true, checked: 3 });
    await stage.tamper(acme, 'delete from $home.audit_event where tenant_id = $1 and seq = 3', [acme.id]);
    const { valid, problems } = await stage.verify(acme);
    expect([valid, problems.map(({ kind }) => kind)]).toEqual([false, ['cut-forged', 'deleted']]);
    expect(await stage.verify(globex)).toMatchObject({ valid: true, checked: 2 });
  });
});
