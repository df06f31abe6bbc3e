import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { PageCursors, type PagePosition } from '#kernel/plugin/page-cursor.js';
import { viewOfEvent } from '#workspace/audit/audit-event-view.js';
import type { AuditTables } from '#workspace/audit/audit-table.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import type { AuditEventPage, ListAuditEvents } from '#workspace/audit/audit.schemas.js';
import { selectKept } from '#workspace/audit/select-kept.js';

type Filter = Omit<ListAuditEvents, 'limit' | 'cursor'>;

/** What was done in the tenant in scope, for people who look something up. That they looked is on record too: one entry a request. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly cursors: PageCursors,
    private readonly trail: AuditTrail,
  ) {}

  /** Newest first. Raises CursorInvalidError. */
  async list({ limit, cursor, ...filter }: ListAuditEvents): Promise<AuditEventPage> {
    const scope = ['audit-events', textOf(filter)] as const;
    const after = cursor === undefined ? undefined : this.cursors.open(cursor, scope);
    const rows = await this.#rows(filter, after)
      .orderBy('seq', 'desc')
      .limit(limit + 1)
      .execute();
    const found = rows.map((row) => viewOfEvent({ ...row, seq: Number(row.seq) }));
    const page = this.cursors.page(found, limit, scope, ({ id, occurredAt }) => ({ id, at: new Date(occurredAt) }));
    await this.trail.recordAlone({ action: 'audit.read', targets: [], details: { ...textOf(filter), rows: page.data.length } });
    return page;
  }

  #rows({ actor, action, target, from, to, outcome }: Filter, after?: PagePosition): ReturnType<typeof selectKept> {
    let query = selectKept(this.contexts);
    if (actor !== undefined) query = query.where('actor_id', '=', actor);
    if (action !== undefined) query = query.where('action', '=', action);
    if (outcome !== undefined) query = query.where('outcome', '=', outcome);
    if (from !== undefined) query = query.where('occurred_at', '>=', from);
    if (to !== undefined) query = query.where('occurred_at', '<', to);
    if (target !== undefined) query = query.where('seq', 'in', this.#placesOf(target));
    if (after !== undefined) query = query.where('seq', '<', this.#placeOf(after));
    return query;
  }

  #placesOf(target: string) {
    const [, type, id = ''] = /^(?:([^:]*):)?(.*)$/s.exec(target) ?? [];
    const places = this.contexts.reads<AuditTables>().selectFrom('audit_target').select('seq').where('target_id', '=', id);
    return type === undefined ? places : places.where('target_type', '=', type);
  }

  /** By its time too, which has an index and is cut to milliseconds in a cursor. */
  #placeOf({ at, id }: PagePosition) {
    return this.contexts
      .reads<AuditTables>()
      .selectFrom('audit_event')
      .select('seq')
      .where('id', '=', id)
      .where('occurred_at', '>=', at)
      .where('occurred_at', '<', new Date(at.getTime() + 1))
      .limit(1);
  }
}

/** A filter as it goes into cursors and on record. */
function textOf({ from, to, ...rest }: Filter): Record<string, string> {
  const given = { ...rest, from: from?.toISOString(), to: to?.toISOString() };
  return Object.fromEntries(Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
