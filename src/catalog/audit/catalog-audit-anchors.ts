import type { MikroORM } from '@mikro-orm/postgresql';

interface Anchor {
  readonly tenantId: string;
  readonly seq: number;
  readonly hash: string;
  readonly takenAt: Date;
  readonly signature: Uint8Array;
}

interface AnchorRow {
  readonly tenant_id: string;
  readonly seq: string;
  readonly hash: string;
  readonly taken_at: string;
  readonly signature: string;
}

const COLUMNS = `tenant_id, seq::text, encode(hash, 'hex') as hash,
  to_char(taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as taken_at, encode(signature, 'base64') as signature`;

/** Where the chains of tenants stood, in the platform's own records: out of reach of whoever can change a tenant's store. They are never changed. */
export class CatalogAuditAnchors {
  constructor(private readonly catalog: MikroORM) {}

  /** An anchor for the same place is kept as it is. */
  async put({ tenantId, seq, hash, takenAt, signature }: Anchor): Promise<void> {
    await this.catalog.em.fork().execute(
      `insert into audit_anchor (tenant_id, seq, hash, taken_at, signature) values (?, ?, decode(?, 'hex'), ?, decode(?, 'hex'))
       on conflict (tenant_id, seq) do nothing`,
      [tenantId, String(seq), hash, takenAt.toISOString(), Buffer.from(signature).toString('hex')],
    );
  }

  /** The newest first, at most `limit`. */
  newest(tenantId: string, limit: number): Promise<Anchor[]> {
    return this.#read('where tenant_id = ? order by audit_anchor.seq desc limit ?', [tenantId, limit]);
  }

  /** Those with `after < seq <= upTo`, in their order. */
  between(tenantId: string, after: number, upTo: number): Promise<Anchor[]> {
    return this.#read('where tenant_id = ? and audit_anchor.seq > ? and audit_anchor.seq <= ? order by audit_anchor.seq', [
      tenantId,
      String(after),
      String(upTo),
    ]);
  }

  async #read(which: string, values: readonly (string | number)[]): Promise<Anchor[]> {
    const rows = await this.catalog.em.fork().execute<AnchorRow[]>(`select ${COLUMNS} from audit_anchor ${which}`, [...values]);
    return rows.map(({ tenant_id: tenantId, seq, hash, taken_at: takenAt, signature }) => ({
      tenantId,
      seq: Number(seq),
      hash,
      takenAt: new Date(takenAt),
      signature: Buffer.from(signature, 'base64'),
    }));
  }
}
