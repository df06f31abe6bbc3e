import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { checkExport } from '#workspace/audit/audit-export-check.js';
import { AuditStage } from '#testing/audit-stage.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import { TIERS } from '#testing/test-platform.js';
import type { AuditEventPage, AuditVerdictView } from '#workspace/audit/audit.schemas.js';

let audit: AuditStage;
let door: MemberStage;
beforeAll(async () => {
  audit = await AuditStage.open();
  door = await MemberStage.open();
});
afterAll(async () => {
  await door.close();
  await audit.close();
});

async function asMachine(tenant: Tenant): Promise<Record<string, string>> {
  return { ...door.at(tenant), 'x-api-key': await audit.test.apiKey(tenant) };
}

async function pageOf(url: string, headers: Record<string, string>): Promise<AuditEventPage> {
  const answer = await door.ask('GET', url, headers);
  expect(shortOf(answer)).toEqual([200]);
  return answer.json<AuditEventPage>();
}

describe.each(TIERS)('the record of a tenant of the %s tier, asked for', (tier) => {
  it('is given newest first, in pages, by actor, action, target, time and outcome, and of nobody else', async () => {
    const { acme, globex } = await audit.pair(tier);
    for (let n = 1; n <= 6; n += 1)
      await audit.record(acme, {
        targets: [{ type: n % 2 === 0 ? 'ticket' : 'role', id: `t${String(Math.ceil(n / 2))}` }],
        details: { n },
        outcome: n === 5 ? 'denied' : 'success',
      });
    await audit.record(globex, { details: { n: 'globex' }, targets: [{ type: 'ticket', id: 't1' }] });
    const headers = await asMachine(acme);
    const numbers = ({ data }: AuditEventPage): unknown[] =>
      data.filter(({ action }) => action === 'specs.note').map(({ details }) => details['n']);

    const first = await pageOf('/api/audit/events?action=specs.note&limit=4', headers);
    const second = await pageOf(`/api/audit/events?action=specs.note&limit=4&cursor=${String(first.nextCursor)}`, headers);
    expect([numbers(first), numbers(second), second.nextCursor]).toEqual([[6, 5, 4, 3], [2, 1], null]);
    expect(numbers(await pageOf('/api/audit/events?target=t1', headers))).toEqual([2, 1]);
    expect(numbers(await pageOf('/api/audit/events?target=ticket:t2', headers))).toEqual([4]);
    expect(numbers(await pageOf('/api/audit/events?outcome=denied', headers))).toEqual([5]);
    expect(numbers(await pageOf('/api/audit/events?actor=nobody', headers))).toEqual([]);
    expect(numbers(await pageOf('/api/audit/events?to=2020-01-01T00:00:00Z', headers))).toEqual([]);
    expect(numbers(await pageOf('/api/audit/events?from=2020-01-01T00:00:00Z', headers))).toHaveLength(6);
    const other = await door.ask('GET', `/api/audit/events?action=other.list&cursor=${String(first.nextCursor)}`, headers);
    expect(shortOf(other)).toEqual([400, 'cursor.invalid']);
    expect(JSON.stringify(await pageOf('/api/audit/events', headers))).not.toContain('globex');
  });

  it('says afterwards that it was read, once a request, and by whom', async () => {
    const { acme, globex } = await audit.pair(tier);
    const headers = await asMachine(acme);
    await pageOf('/api/audit/events?outcome=denied', headers);
    await pageOf('/api/audit/events', headers);
    const { data } = await pageOf('/api/audit/events?action=audit.read', headers);
    expect(data.map(({ details }) => details)).toEqual([{ rows: 1 }, { outcome: 'denied', rows: 0 }]);
    expect(data[0]).toMatchObject({ surface: 'http', actor: { type: 'api_key' } });
    const answer = await door.ask('GET', `/api/audit/events?actor=${String(data[0]?.actor['id'])}`, headers);
    expect(answer.json<AuditEventPage>().data).toHaveLength(3);
    expect(await audit.test.as(globex, () => audit.chain().head())).toBeNull();
  });

  it('is looked through on request', async () => {
    const { acme, globex } = await audit.pair(tier);
    for (const tenant of [acme, globex]) await audit.record(tenant, {}, {}, {});
    await audit.anchor(acme);
    const headers = await asMachine(acme);
    const verdict = async (): Promise<AuditVerdictView> => (await door.ask('GET', '/api/audit/verify', headers)).json();
    expect(await verdict()).toEqual({
      ...{ valid: true, checked: 3, problems: [], anchoredUpTo: 3, nextSeq: null, publicKey: audit.signer.publicKey },
      publicKeys: expect.arrayContaining([audit.signer.publicKey]),
    });
    const rest = await door.ask('GET', '/api/audit/verify?from=3', headers);
    expect(rest.json()).toMatchObject({ valid: true, checked: 2, nextSeq: null });
    expect(shortOf(await door.ask('GET', '/api/audit/verify?from=0', headers))).toEqual([422, expect.any(String)]);
    await audit.tamper(acme, `update $home.audit_event set reason = 'x' where tenant_id = $1 and seq = 2`, [acme.id]);
    expect(await verdict()).toMatchObject({ valid: false, checked: 5, problems: [{ seq: 2, kind: 'altered' }] });
  });

  it('never holds what has the name of a secret', async () => {
    const { acme, globex } = await audit.pair(tier);
    const canary = 'canary-7f3a';
    for (const tenant of [acme, globex])
      await audit.record(tenant, {
        details: { password: canary, nested: { apiKey: canary }, note: `postgres://app:${canary}@db/x` },
        changes: [{ path: 'smtp.secret', old: canary, new: canary }],
      });
    const { rows } = await audit.tamper(acme, `select 1 from $home.audit_event e where e::text like '%${canary}%'`);
    expect(rows).toEqual([]);
  });
});

describe('an export', () => {
  it('is every event and a manifest, which whoever has the key can hold it against', async () => {
    const { acme, globex } = await audit.pair('database');
    await audit.record(acme, { details: { big: 12345678901234, text: 'ü' } }, { reason: 'why' });
    await audit.record(globex, { reason: 'not yours' });
    const answer = await door.ask('GET', '/api/audit/export', await asMachine(acme));
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    const lines = answer.body.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(answer.body).not.toContain('not yours');
    const check = (changed: string[], key?: string) => checkExport(each(changed), key);
    expect(await check(lines)).toEqual({ valid: true, events: 2, problems: [], publicKey: audit.signer.publicKey });
    expect(await check(lines, audit.signer.publicKey)).toMatchObject({ valid: true });
    expect(await check(lines.slice(1))).toMatchObject({ valid: false });
    expect(await check(lines.slice(0, -1))).toMatchObject({ valid: false });
    expect(await check(lines.map((line) => line.replace('"why"', '"not"')))).toMatchObject({
      problems: expect.arrayContaining(['event 2 was altered']),
    });
    expect(await check(lines, 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=')).toMatchObject({ valid: false });
    const events = await audit.test.as(acme, () => audit.chain().page(0, 10));
    expect(events.at(-1)).toMatchObject({ action: 'audit.export' });
  });

  it('is not part of every plan', async () => {
    const { acme, globex } = await audit.pair('row');
    for (const tenant of [acme, globex]) {
      const answer = await door.ask('GET', '/api/audit/export', await asMachine(tenant));
      expect(answer.statusCode).toBeGreaterThanOrEqual(402);
    }
  });
});

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
