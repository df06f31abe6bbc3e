import { afterAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { AuditStage, GivenUpError, NOTE } from '#testing/audit-stage.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TIERS, type Tier } from '#testing/test-platform.js';
import { hashOfEvent } from '#workspace/audit/canonical-event.js';

const opened = AuditStage.open();
afterAll(async () => (await opened).close());

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'allowed',
    (error: unknown) => (error as { code?: string }).code,
  );

const pairs = new Map<Tier, Promise<{ acme: Tenant; globex: Tenant }>>();

/** Always the same two tenants, with nothing on record. */
async function pairOf(tier: Tier): Promise<{ acme: Tenant; globex: Tenant }> {
  const stage = await opened;
  if (!pairs.has(tier)) pairs.set(tier, stage.test.pair(tier));
  const pair = await (pairs.get(tier) as Promise<{ acme: Tenant; globex: Tenant }>);
  await stage.forget(pair.acme, pair.globex);
  return pair;
}

describe.each(TIERS)('the record of a tenant of the %s tier', (tier) => {
  it('is kept with the work it tells of or not at all', async () => {
    const stage = await opened;
    const { acme, globex } = await pairOf(tier);
    await stage.openTicket(acme, 'kept');
    await expect(stage.openTicket(acme, 'given up', true)).rejects.toThrow(GivenUpError);
    await stage.openTicket(acme, 'kept too');
    const sql = new TenantSql(stage.test.platform);
    expect(await sql.run(acme, `select seq::int, details ->> 'title' as title from audit_event order by seq`)).toEqual([
      { seq: 1, title: 'kept' },
      { seq: 2, title: 'kept too' },
    ]);
    expect(await sql.run(acme, `select from tickets where title in ('kept', 'kept too', 'given up')`)).toHaveLength(2);
    expect(await sql.run(globex, 'select from audit_event')).toEqual([]);
    expect(await stage.verify(acme)).toMatchObject({ valid: true, checked: 2, problems: [] });
    expect(await stage.verify(globex)).toMatchObject({ valid: true, checked: 0 });
  });

  it('keeps what was refused although the transaction was given up', async () => {
    const stage = await opened;
    const { acme, globex } = await pairOf(tier);
    const given = stage.test.as(acme, () =>
      stage.test.platform.contexts.transaction(async () => {
        stage.trail.record({ action: NOTE.name, targets: [] });
        await stage.trail.recordAlone({ action: NOTE.name, targets: [], outcome: 'denied', reason: 'not yours' });
        throw new GivenUpError();
      }),
    );
    await expect(given).rejects.toThrow(GivenUpError);
    const events = await stage.test.as(acme, () => stage.chain().page(0, 10));
    expect(events.map(({ outcome, reason }) => [outcome, reason])).toEqual([['denied', 'not yours']]);
    expect(await stage.test.as(globex, () => stage.chain().page(0, 10))).toEqual([]);
  });

  it('says who did it, from where and in which request', async () => {
    const stage = await opened;
    const { acme, globex } = await pairOf(tier);
    const id = '0199aaaa-0000-7000-8000-000000000001';
    const origin: WorkOrigin = {
      ...{ surface: 'http', requestId: 'request-1', traceParent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, ip: '203.0.113.7' },
      principal: { kind: 'member', id, tenantId: acme.id, sessionId: null },
    };
    await WorkOrigin.run(origin, () => stage.record(acme, { targets: [{ type: 'ticket', id: 'x' }] }));
    await stage.record(globex, {});
    const [event] = await stage.test.as(acme, () => stage.chain().page(0, 10));
    expect(event).toMatchObject({ surface: 'http', requestId: 'request-1', traceId: 'ab'.repeat(16) });
    expect(JSON.parse(String(event?.actor))).toEqual({ type: 'user', id, sessionId: null });
    expect(JSON.parse(String(event?.context))).toEqual({ ip: '203.0.113.7' });
  });

  it('is sealed by the database as this program would', async () => {
    const stage = await opened;
    const { acme, globex } = await pairOf(tier);
    const strange = {
      ключ: 'a"\\/\b\f\n\r\t\u0001\u007f\u2028😀',
      b: [1, 1.5, -0.25, 1e21, 1e-7, null, true],
      aa: {},
      '': [],
      a: { z: 1, é: 2 },
    };
    await stage.record(acme, { details: strange, reason: 'ünï', changes: [{ path: 'title', old: null, new: 'x'.repeat(5_000) }] }, {});
    await stage.record(globex, {});
    const events = await stage.test.as(acme, () => stage.chain().page(0, 10));
    expect(events).toHaveLength(2);
    for (const event of events) expect(hashOfEvent(event)).toBe(event.hash);
    expect(events[0]?.occurredAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it.each([
    ['update audit_event set action = action', '42501'],
    ['delete from audit_event', '42501'],
    ['truncate audit_event', '42501'],
    // What may lock a row may change it, and no trigger is asked about a lock.
    ['select from audit_event for update', '42501'],
    ['select from audit_head for update', '42501'],
    ['select from audit_target for update', '42501'],
    ['update audit_head set seq = 0', '42501'],
    ['delete from audit_head', '42501'],
    [`insert into audit_head values ('0199aaaa-0000-7000-8000-000000000001', 1, sha256(''))`, '42501'],
    ['delete from audit_target', '42501'],
    ['alter table audit_event disable trigger all', '42501'],
    ['drop trigger seal on audit_event', '42501'],
    [`select tenancy.audit_hash('x')`, '42501'],
    [`select tenancy.take_turn('0199aaaa-0000-7000-8000-000000000001')`, '42501'],
    ['select tenancy.seal_audit_event()', '42501'],
    [`with x as (select set_config('session_replication_role', 'replica', true)) select from x`, '42501'],
  ])('is out of reach of its SQL: %s', async (text, code) => {
    const stage = await opened;
    const { acme, globex } = await pairOf(tier);
    await stage.record(acme, {});
    await stage.record(globex, {});
    expect(await codeOf(new TenantSql(stage.test.platform).run(acme, text))).toBe(code);
    expect(await stage.verify(acme)).toMatchObject({ valid: true, checked: 1 });
    expect(await stage.verify(globex)).toMatchObject({ valid: true, checked: 1 });
  });

  it('takes no place, time or hash from its SQL, and skips none', async () => {
    const stage = await opened;
    const { acme, globex } = await pairOf(tier);
    const sql = new TenantSql(stage.test.platform);
    await stage.record(acme, {});
    const forged = (tenantId: string, more = ''): string =>
      `insert into audit_event (tenant_id, id, seq, occurred_at, prev_hash, hash, action, version, actor, surface, request_id, trace_id, context,
        targets, changes, details, outcome) select '${tenantId}', id, 1, '2000-01-01', sha256(''), sha256(''), action, version, actor, surface, request_id,
        trace_id, context, targets, changes, details, outcome from audit_event ${more}`;
    await sql.run(acme, forged(acme.id));
    await sql.run(acme, forged(acme.id, 'limit 1 on conflict do nothing'));
    expect(await codeOf(sql.run(acme, forged(globex.id)))).toBe('42501');
    expect(await stage.verify(acme)).toMatchObject({ valid: true, checked: 3 });
    expect(await stage.verify(globex)).toMatchObject({ valid: true, checked: 0 });
    expect(await sql.run(acme, `select from audit_event where occurred_at < now() - interval '1 hour'`)).toEqual([]);
  });

  it.each(['update %s set seq = seq', 'delete from %s', 'truncate %s'])('refuses its owner too: %s', async (text) => {
    const stage = await opened;
    const { acme, globex } = await pairOf(tier);
    await stage.record(acme, {});
    await stage.record(globex, {});
    for (const table of ['audit_event', 'audit_target', 'audit_head']) {
      const attempt = stage.asSuperuser(acme, async (session) => {
        await session.query('set role tenantry_owner');
        await session.query(text.replace('%s', `"${acme.placement.schema}".${table}`));
      });
      expect([table, await codeOf(attempt)]).toEqual([table, '42501']);
    }
  });
});

describe('many at once', () => {
  it('fork no chain and leave no gap: 16 connections, 60 transactions each, two tenants, one in ten given up', async () => {
    const stage = await AuditStage.open({
      CONNECTIONS_PER_CLUSTER_POOL: '16',
      CONNECTIONS_PER_TENANT: '16',
      CONNECTIONS_PER_SERVER: '40',
      STATEMENT_DEADLINE_MS: '20000',
    });
    try {
      const { acme, globex } = await stage.pair('row');
      const worker = async (which: number): Promise<void> => {
        for (let turn = 0; turn < 60; turn += 1) {
          const tenant = (which + turn) % 2 === 0 ? acme : globex;
          if (turn % 10 === 9) await expect(stage.openTicket(tenant, 'given up', true)).rejects.toThrow(GivenUpError);
          else if (turn % 2 === 0) await stage.openTicket(tenant, `${String(which)} ${String(turn)}`);
          else await stage.record(tenant, {}, { details: { turn } });
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, which) => worker(which)));
      const [one, other] = [await stage.verify(acme), await stage.verify(globex)];
      expect([one.problems, other.problems]).toEqual([[], []]);
      // Of 60 turns 6 are given up, 30 add one event and 24 add two.
      expect(one.checked + other.checked).toBe(16 * (30 + 24 * 2));
    } finally {
      await stage.close();
    }
  }, 120_000);
});
