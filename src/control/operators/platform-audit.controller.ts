import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { PlatformAuditChain, type PlatformEvent } from '#catalog/audit/platform-audit-chain.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import { Limit, Text } from '#workspace/schemas.js';

const Place = z.preprocess((text) => (typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text), z.int().min(1));

const ListPlatformEvents = z.strictObject({
  action: Text.min(1).max(200).optional(),
  tenant: z.uuid().optional(),
  before: Place.optional(),
  limit: Limit.default(50),
});

const Json = z.record(z.string(), z.unknown());
const PlatformEventPage = z.strictObject({
  data: z.array(
    z.strictObject({
      id: z.uuid(),
      seq: z.int(),
      occurredAt: z.iso.datetime(),
      action: z.string(),
      actor: Json,
      surface: z.string(),
      requestId: z.string(),
      targets: z.array(Json),
      changes: z.array(Json),
      details: Json,
      outcome: z.string(),
      reason: z.string().nullable(),
      hash: z.string(),
    }),
  ),
  /** `before` of the next page; null on the last one. */
  nextBefore: z.int().nullable(),
});
type PlatformEventPage = z.infer<typeof PlatformEventPage>;

/** What operators did, for operators. */
@Controller('/api/platform/audit')
export class PlatformAuditController {
  constructor(private readonly chain: PlatformAuditChain) {}

  @Get('events')
  @PlatformRoute('operators', 'says what was done to every tenant')
  @Door({
    summary: 'List what operators did, newest first',
    permission: PLATFORM_PERMISSIONS.readAudit,
    answers: { 200: PlatformEventPage },
  })
  async list(
    @Query({ schema: ListPlatformEvents }) { action, tenant, before, limit }: z.infer<typeof ListPlatformEvents>,
  ): Promise<PlatformEventPage> {
    const events = await this.chain.list({ action, tenantId: tenant, before, limit: limit + 1 });
    const data = events.slice(0, limit).map(viewOf);
    return { data, nextBefore: events.length > limit ? (data.at(-1)?.seq ?? null) : null };
  }
}

function viewOf(event: PlatformEvent): PlatformEventPage['data'][number] {
  const { id, seq, occurredAt, action, actor, surface, requestId, targets, changes, details, outcome, reason, hash } = event;
  const json = <T>(text: string): T => JSON.parse(text) as T;
  return {
    ...{ id, seq, occurredAt, action, surface, requestId, outcome, reason, hash },
    ...{ actor: json(actor), targets: json(targets), changes: json(changes), details: json(details) },
  };
}
