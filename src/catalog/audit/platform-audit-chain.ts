import type { MikroORM } from '@mikro-orm/postgresql';

/** An event of the platform's chain as it is hashed, with its hash. */
export interface PlatformEvent {
  readonly chain: 'platform';
  readonly id: string;
  readonly seq: number;
  readonly occurredAt: string;
  readonly action: string;
  readonly version: number;
  readonly actor: string;
  readonly surface: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly context: string;
  readonly targets: string;
  readonly changes: string;
  readonly details: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly prevHash: string;
  readonly hash: string;
}

/** Which events; `before` is a place. */
export interface PlatformEventFilter {
  readonly action?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

const COLUMNS = `'platform' as chain, id, seq::text, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "occurredAt",
  action, version, actor::text, surface, request_id as "requestId", trace_id as "traceId", context::text, targets::text, changes::text,
  details::text, outcome, reason, encode(prev_hash, 'hex') as "prevHash", encode(hash, 'hex') as hash`;

/** The platform's own record, to be read. */
export class PlatformAuditChain {
  readonly chain = 'platform';

  constructor(private readonly catalog: MikroORM) {}

  async head(): Promise<{ seq: number; hash: string } | null> {
    const rows = await this.catalog.em
      .fork()
      .execute<{ seq: string; hash: string }[]>(`select seq::text, encode(hash, 'hex') as hash from platform_audit_head`);
    return rows[0] ? { seq: Number(rows[0].seq), hash: rows[0].hash } : null;
  }

  /** Events with `seq > after`, in their order, at most `limit`. */
  page(after: number, limit: number): Promise<PlatformEvent[]> {
    return this.#read('where e.seq > ? order by e.seq limit ?', [String(after), limit]);
  }

  /** The last event of an action. */
  async newest(action: string): Promise<PlatformEvent | null> {
    return (await this.#read('where e.action = ? order by e.seq desc limit 1', [action]))[0] ?? null;
  }

  /** Newest first. */
  list({ action, tenantId, before, limit }: PlatformEventFilter): Promise<PlatformEvent[]> {
    const conditions: [string, string][] = [];
    if (action !== undefined) conditions.push(['e.action = ?', action]);
    if (tenantId !== undefined) conditions.push(['e.targets @> ?::jsonb', JSON.stringify([{ type: 'tenant', id: tenantId }])]);
    if (before !== undefined) conditions.push(['e.seq < ?', String(before)]);
    const where = conditions.length > 0 ? `where ${conditions.map(([text]) => text).join(' and ')}` : '';
    return this.#read(`${where} order by e.seq desc limit ?`, [...conditions.map(([, value]) => value), limit]);
  }

  async #read(which: string, values: (string | number)[]): Promise<PlatformEvent[]> {
    const rows = await this.catalog.em
      .fork()
      .execute<(Omit<PlatformEvent, 'seq'> & { seq: string })[]>(`select ${COLUMNS} from platform_audit_event e ${which}`, values);
    return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
  }
}
