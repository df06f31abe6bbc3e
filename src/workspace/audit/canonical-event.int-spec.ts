import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type pg from 'pg';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { AuditStage } from '#testing/audit-stage.js';
import { CANONICAL_VECTORS } from '#workspace/audit/canonical-event.vectors.js';
import { exportLine, readExportLine } from '#workspace/audit/export-line.js';
import { jsonbText, parseExact } from '#workspace/audit/jsonb-text.js';

const HASH = `select encode(%s('tenantry.audit.v1', $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text,
  $10::text, $11::text, $12::text, $13::text, $14::text, $15::text, $16::text, $17::text), 'hex') as hash`;

let stage: AuditStage;
let acme: Tenant;
let globex: Tenant;
beforeAll(async () => {
  stage = await AuditStage.open();
  ({ acme, globex } = await stage.pair('row'));
});
afterAll(() => stage.close());

describe('the canonical form in the database', () => {
  it.each(CANONICAL_VECTORS.map(({ says, event, sha256 }) => [says, event, sha256] as const))(
    'is as the vector says: %s',
    async (_says, event, sha256) => {
      const fields = [
        event.chain,
        event.id,
        event.seq,
        event.occurredAt,
        event.action,
        event.version,
        event.actor,
        event.surface,
        event.requestId,
      ];
      const rest = [event.traceId, event.context, event.targets, event.changes, event.details, event.outcome, event.reason, event.prevHash];
      const values = [...fields, ...rest].map((value) => (value === null ? null : String(value)));
      await stage.asSuperuser(acme, async (session) => {
        const { rows } = await session.query<{ hash: string }>(HASH.replace('%s', 'tenancy.audit_hash'), values);
        expect(rows).toEqual([{ hash: sha256 }]);
      });
      const inCatalog = stage.test.platform.catalog.em
        .fork()
        .execute<{ hash: string }[]>(HASH.replace('%s', 'platform_audit_hash').replaceAll(/\$\d+/g, '?'), values);
      expect(await inCatalog).toEqual([{ hash: sha256 }]);
    },
  );

  it('has its JSON as this program writes it', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 }).map((any) => any.toWellFormed().replaceAll('\0', ''));
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 5 }),
      ),
    })).value;
    await stage.asSuperuser(acme, (session) =>
      fc.assert(
        fc.asyncProperty(json, async (value) => {
          const kept = await asKept(session, value);
          expect(jsonbText(parseExact(kept))).toBe(kept);
        }),
        { numRuns: 300 },
      ),
    );
  });

  it('is the same again when an event is read from the line of an export', async () => {
    const details = { ' ': 1, zz: [1e21, 1.5, 0.1], a: { é: 'x\n"\\' }, __proto: null };
    await stage.record(acme, { details, reason: 'r', targets: [{ type: 'ticket', id: randomUUID() }] });
    await stage.record(globex, {});
    await stage.asSuperuser(acme, (session) => session.query(`set search_path = "${acme.placement.schema}"`));
    const events = await stage.test.as(acme, () => stage.chain().page(0, 10));
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(readExportLine(exportLine(event))).toEqual(event);
  });
});

async function asKept(session: pg.Client, value: unknown): Promise<string> {
  const { rows } = await session.query<{ kept: string }>('select $1::jsonb::text as kept', [JSON.stringify(value)]);
  return String(rows[0]?.kept);
}
