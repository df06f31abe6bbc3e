import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { AuditStage } from '#testing/audit-stage.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { AuditExport } from '#workspace/audit/audit-export.js';
import { AuditLog } from '#workspace/audit/audit-log.js';

const ROWS = Number(process.env['AUDIT_ROWS'] ?? 20_000);
const BATCH = 2_500;
const MEGABYTE = 1_048_576;

const FILL = `insert into audit_event (tenant_id, id, action, version, actor, surface, request_id, trace_id, context, targets, changes, details, outcome)
  select $1, gen_random_uuid(), 'specs.kind-' || (n % 200), 1, jsonb_build_object('type', 'user', 'id', 'user-' || (n % 500)), 'http', 'request', 'trace',
    '{"ip": "203.0.113.7", "userAgent": "a browser of some kind, with a name of the usual length"}',
    jsonb_build_array(jsonb_build_object('type', 'ticket', 'id', 'ticket-' || (n % 2000))), '[{"path": "title", "old": "before", "new": "after"}]',
    jsonb_build_object('n', n), case when n % 100 = 0 then 'denied' else 'success' end
  from generate_series($2::int, $3::int) n`;

let stage: AuditStage;
let sql: TenantSql;
let acme: Tenant;
let globex: Tenant;

beforeAll(async () => {
  stage = await AuditStage.open({ STATEMENT_DEADLINE_MS: '60000', TRANSACTION_TIMEOUT_MS: '60000' });
  sql = new TenantSql(stage.test.platform);
  ({ acme, globex } = await stage.pair('row'));
  for (let from = 1; from <= ROWS; from += BATCH) await sql.run(acme, FILL, [acme.id, from, from + BATCH - 1]);
  await sql.run(globex, FILL, [globex.id, 1, BATCH]);
  await stage.asSuperuser(acme, (session) =>
    session.query(`analyze "${acme.placement.schema}".audit_event, "${acme.placement.schema}".audit_target`),
  );
}, 300_000);
afterAll(() => stage.close(), 60_000);

describe(`a record of ${String(ROWS)} events`, () => {
  it.each([
    ['newest first', ''],
    ['an action', `where action = 'specs.kind-7'`],
    ['an actor', `where actor_id = 'user-7'`],
    ['a target', `where seq in (select seq from audit_target where target_id = 'ticket-7')`],
    ['an outcome', `where outcome = 'denied'`],
    ['a time', `where occurred_at >= now() + interval '1 hour'`],
  ])('is read by index behind the policy: %s', async (_what, where) => {
    const plan = await sql.run(acme, `explain (costs off) select * from audit_event ${where} order by seq desc limit 51`);
    const text = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    expect(text).toMatch(/Index (Only )?Scan/);
    expect(text).not.toMatch(/Seq Scan/);
    const [row] = await sql.run(acme, `select count(*)::int as n from (select from audit_event ${where} limit 51) found`);
    const [foreign] = await sql.run(acme, `select count(*)::int as n from audit_event where tenant_id = $1`, [globex.id]);
    expect([Number(row?.['n']) >= 0, foreign?.['n']]).toEqual([true, 0]);
  });

  it('gives a page without reading the whole', async () => {
    const log = new AuditLog(stage.test.platform.contexts, new PageCursors(stage.test.platform.signing), stage.trail);
    const page = await stage.test.as(acme, () => log.list({ limit: 50, action: 'specs.kind-7' }));
    expect(page.data).toHaveLength(50);
    expect(page.nextCursor).not.toBeNull();
  });

  it('is looked through whole', async () => {
    const begun = performance.now();
    expect(await stage.verify(acme)).toMatchObject({ valid: true, problems: [] });
    note('verify', performance.now() - begun);
  }, 120_000);

  it('is exported in a memory that does not grow with it', async () => {
    const exporter = new AuditExport(stage.test.platform.contexts, stage.trail, stage.signer);
    const before = process.memoryUsage();
    let [bytes, lines, most] = [0, 0, 0];
    const begun = performance.now();
    for await (const chunk of await stage.test.as(acme, () => exporter.start())) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) lines += 1;
      const { heapUsed, external } = process.memoryUsage();
      most = Math.max(most, heapUsed + external - before.heapUsed - before.external);
    }
    note(
      'export',
      performance.now() - begun,
      `${(bytes / MEGABYTE).toFixed(1)} MB, at most ${(most / MEGABYTE).toFixed(1)} MB more in use`,
    );
    expect(lines).toBeGreaterThan(ROWS);
    expect(most).toBeLessThan(100 * MEGABYTE);
  }, 120_000);
});

function note(what: string, milliseconds: number, more = ''): void {
  process.stderr.write(`${what} of ${String(ROWS)} events: ${milliseconds.toFixed(0)} ms ${more}\n`);
}
