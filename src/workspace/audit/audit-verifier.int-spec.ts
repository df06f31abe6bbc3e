import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { AuditStage } from '#testing/audit-stage.js';
import { TIERS, type Tier } from '#testing/test-platform.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import type { AuditVerdict, ChainProblem } from '#workspace/audit/audit-verdict.js';

const opened = AuditStage.open();
afterAll(async () => (await opened).close());

const REHASH = `tenancy.audit_hash('tenantry.audit.v1', tenant_id::text, id::text, seq::text,
  to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), action, version::text, actor::text, surface, request_id, trace_id,
  context::text, targets::text, changes::text, details::text, outcome, reason, encode(prev_hash, 'hex'))`;

const pairs = new Map<Tier, Promise<{ acme: Tenant; globex: Tenant }>>();

/** Nine events of each of two tenants; always the same two, unless nothing may be signed for yet. */
async function recorded(tier: Tier, fresh = false): Promise<{ stage: AuditStage; acme: Tenant; globex: Tenant }> {
  const stage = await opened;
  if (fresh || !pairs.has(tier)) pairs.set(tier, stage.test.pair(tier));
  const pair = await (pairs.get(tier) as Promise<{ acme: Tenant; globex: Tenant }>);
  if (fresh) pairs.delete(tier);
  await stage.forget(pair.acme, pair.globex);
  for (const tenant of [pair.acme, pair.globex])
    for (let n = 1; n <= 9; n += 1) await stage.record(tenant, { details: { n }, targets: [{ type: 'ticket', id: `t${String(n)}` }] });
  return { stage, ...pair };
}

describe.each(TIERS)('a look through the record of a tenant of the %s tier', (tier) => {
  it.each([
    [
      'an altered event',
      `update $home.audit_event set details = '{"n": 99}' where tenant_id = $1 and seq = 4`,
      [{ seq: 4, kind: 'altered' }],
    ],
    [
      'one altered letter',
      `update $home.audit_event set request_id = request_id || ' ' where tenant_id = $1 and seq = 9`,
      [{ seq: 9, kind: 'altered' }],
    ],
    [
      'an altered time, by a microsecond',
      `update $home.audit_event set occurred_at = occurred_at + interval '1 microsecond' where tenant_id = $1 and seq = 2`,
      [{ seq: 2, kind: 'altered' }],
    ],
    [
      'an event that was altered and sealed again',
      `update $home.audit_event set reason = 'forged', hash = ${REHASH.replace('outcome, reason', "outcome, 'forged'")} where tenant_id = $1 and seq = 4`,
      [{ seq: 5, kind: 'broken-link' }],
    ],
    ['a deleted event', 'delete from $home.audit_event where tenant_id = $1 and seq = 5', [{ seq: 5, kind: 'deleted', until: 5 }]],
    ['a deleted beginning', 'delete from $home.audit_event where tenant_id = $1 and seq <= 2', [{ seq: 1, kind: 'deleted', until: 2 }]],
    ['a deleted end', 'delete from $home.audit_event where tenant_id = $1 and seq >= 8', [{ seq: 8, kind: 'truncated', until: 9 }]],
    ['everything deleted', 'delete from $home.audit_event where tenant_id = $1', [{ seq: 1, kind: 'truncated', until: 9 }]],
    ['a forged head', `update $home.audit_head set hash = sha256('') where tenant_id = $1`, [{ seq: 9, kind: 'head-forged' }]],
    ['a head set back', 'update $home.audit_head set seq = 7 where tenant_id = $1', [{ seq: 7, kind: 'head-forged' }]],
    ['no head', 'delete from $home.audit_head where tenant_id = $1', [{ seq: 0, kind: 'head-forged' }]],
  ])('finds %s', async (_what, text, problems) => {
    const { stage, acme, globex } = await recorded(tier);
    expect(await stage.verify(acme)).toMatchObject({ valid: true, checked: 9 });
    expect((await stage.tamper(acme, text, [acme.id])).rowCount).toBeGreaterThan(0);
    expect(await stage.verify(acme)).toMatchObject({ valid: false, problems });
    expect(await stage.verify(globex)).toMatchObject({ valid: true, checked: 9 });
  });

  it('finds two events that changed places', async () => {
    const { stage, acme, globex } = await recorded(tier);
    await stage.tamper(acme, 'update $home.audit_event set seq = 1010 - seq where tenant_id = $1 and seq in (3, 7)', [acme.id]);
    await stage.tamper(acme, 'update $home.audit_event set seq = seq - 1000 where tenant_id = $1 and seq > 1000', [acme.id]);
    const { problems } = await stage.verify(acme);
    expect(problems.filter(({ kind }) => kind === 'swapped')).toEqual([
      { seq: 3, kind: 'swapped', other: 7 },
      { seq: 7, kind: 'swapped', other: 3 },
    ]);
    expect(await stage.verify(globex)).toMatchObject({ valid: true });
  });

  it('finds a tail that was cut off together with its head, by what the platform signed', async () => {
    const { stage, acme, globex } = await recorded(tier, true);
    await stage.anchor(acme);
    await stage.anchor(globex);
    expect(await stage.verify(acme)).toMatchObject({ valid: true, anchoredUpTo: 9 });
    await stage.tamper(acme, 'delete from $home.audit_event where tenant_id = $1 and seq > 6', [acme.id]);
    await stage.tamper(
      acme,
      'update $home.audit_head h set seq = 6, hash = e.hash from $home.audit_event e where h.tenant_id = $1 and e.tenant_id = $1 and e.seq = 6',
      [acme.id],
    );
    expect(await stage.verify(acme)).toMatchObject({ valid: false, problems: [{ seq: 7, kind: 'truncated', until: 9 }] });
    expect(await stage.verify(globex)).toMatchObject({ valid: true, anchoredUpTo: 9 });
  });

  it('finds a chain that was written anew from its beginning, by what the platform signed', async () => {
    const { stage, acme, globex } = await recorded(tier, true);
    await stage.anchor(acme);
    await stage.tamper(acme, 'delete from $home.audit_event where tenant_id = $1', [acme.id]);
    await stage.tamper(acme, 'delete from $home.audit_target where tenant_id = $1', [acme.id]);
    await stage.tamper(acme, 'delete from $home.audit_head where tenant_id = $1', [acme.id]);
    for (let n = 1; n <= 12; n += 1) await stage.record(acme, { details: { n: -n } });
    expect(await stage.verify(acme)).toMatchObject({
      valid: false,
      checked: 12,
      problems: [{ seq: 9, kind: 'rewritten' }],
      anchoredUpTo: 0,
    });
    expect(await stage.verify(globex)).toMatchObject({ valid: true });
  });

  it('finds an anchor that the platform never signed', async () => {
    const { stage, acme, globex } = await recorded(tier, true);
    const anchors = stage.test.platform.auditAnchors;
    const [head] = await stage.test.as(acme, () => Promise.all([stage.chain().head()]));
    await anchors.put({ tenantId: acme.id, seq: 9, hash: String(head?.hash), takenAt: new Date(), signature: Buffer.alloc(64, 1) });
    expect(await stage.verify(acme)).toMatchObject({ valid: false, problems: [{ seq: 9, kind: 'anchor-forged' }], anchoredUpTo: 0 });
    expect(await stage.verify(globex)).toMatchObject({ valid: true });
  });
});

describe('a look through the record of a tenant', () => {
  it('believes what was signed with a key that was rotated out since, and nobody else’s', async () => {
    const { stage, acme, globex } = await recorded('row', true);
    const [old, foreign] = [randomBytes(32), randomBytes(32)].map((key) => new AuditSigner(new SigningKeys([{ id: 'k', key }])));
    const { config, clusters } = stage.test.platform;
    await stage.test.provisioning.catalogBootstrap.run(
      String(config.CATALOG_PROVISION_URL),
      config.CATALOG_DATABASE_URL,
      clusters,
      old!.publicKeys,
    );
    await stage.anchor(acme, old);
    await stage.anchor(globex, foreign);
    expect(await stage.verify(acme)).toMatchObject({ valid: true, anchoredUpTo: 9 });
    expect(await stage.verify(globex)).toMatchObject({ valid: false, problems: [{ seq: 9, kind: 'anchor-forged' }], anchoredUpTo: 0 });
    const vouched = stage.test.platform.catalog.em.fork().execute('insert into audit_key (public_key) values (?)', [foreign!.publicKey]);
    await expect(vouched).rejects.toMatchObject({ code: '42501' });
  });

  it('may be had in parts, which together find what a whole one does', async () => {
    const { stage, acme, globex } = await recorded('row', true);
    const inParts = async (tenant: Tenant): Promise<{ problems: ChainProblem[]; parts: number[] }> => {
      const found = { problems: [] as ChainProblem[], parts: [] as number[] };
      for (let from: number | null = 1; from !== null;) {
        const part: AuditVerdict = await stage.verify(tenant, [], { from, atMost: 4 });
        found.problems.push(...part.problems);
        found.parts.push(part.checked);
        from = part.nextSeq;
      }
      return found;
    };
    expect([await inParts(acme), await inParts(globex)]).toEqual(Array(2).fill({ problems: [], parts: [4, 4, 1] }));
    expect(await stage.verify(acme, [], { from: 9_999 })).toMatchObject({ valid: true, checked: 0, nextSeq: null });
    await stage.tamper(acme, 'delete from $home.audit_event where tenant_id = $1 and seq in (5, 9)', [acme.id]);
    await stage.tamper(acme, `update $home.audit_event set reason = 'x' where tenant_id = $1 and seq = 7`, [acme.id]);
    expect((await inParts(acme)).problems).toEqual((await stage.verify(acme)).problems);
    expect((await stage.verify(acme)).problems.map(({ kind }) => kind)).toEqual(['deleted', 'altered', 'truncated']);
    expect(await stage.verify(acme, [], { from: 6 })).toMatchObject({
      problems: [{ seq: 6, kind: 'broken-link' }, { seq: 7 }, { seq: 9 }],
    });
  });

  it('finds the chain of another tenant in its place', async () => {
    const { stage, acme, globex } = await recorded('row');
    await stage.tamper(acme, 'delete from $home.audit_event where tenant_id = $1', [acme.id]);
    await stage.tamper(
      acme,
      `insert into $home.audit_event (tenant_id, seq, ${COLUMNS}) select $1, seq, ${COLUMNS} from $home.audit_event where tenant_id = $2`,
      [acme.id, globex.id],
    );
    const blind = await stage.verify(acme);
    expect(blind.problems).toContainEqual({ seq: 1, kind: 'altered' });
    const { problems } = await stage.verify(acme, [acme.id, globex.id]);
    expect(problems.filter(({ kind }) => kind === 'copied')).toHaveLength(9);
    expect(problems).toContainEqual({ seq: 1, kind: 'copied', origin: globex.id });
    expect(problems).toContainEqual({ seq: 9, kind: 'head-forged' });
  });

  it('reads more than one page, and what is added meanwhile', async () => {
    const stage = await opened;
    const { acme, globex } = await stage.pair('row');
    for (let n = 0; n < 5; n += 1) await stage.record(acme, ...Array.from({ length: 450 }, () => ({})));
    await stage.anchor(acme);
    const [verdict] = await Promise.all([stage.verify(acme), stage.record(acme, {}, {}), stage.record(globex, {})]);
    expect(verdict).toMatchObject({ valid: true, anchoredUpTo: 2_250 });
    expect(await stage.verify(acme)).toMatchObject({ valid: true, checked: 2_252 });
  });
});

const COLUMNS =
  'id, occurred_at, action, version, actor, surface, request_id, trace_id, context, targets, changes, details, outcome, reason, prev_hash, hash';
