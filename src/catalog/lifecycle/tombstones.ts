import { createHash } from 'node:crypto';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { SlugTakenError } from '#catalog/catalog.errors.js';
import { NoCertificateError, TenantErasedError } from '#catalog/lifecycle/erasure.errors.js';

const QUARANTINE_DAYS = 365;

/** Proof that a tenant was erased, as it was signed; `document` is the text that the signature is over. */
export interface ErasureCertificate {
  readonly id: string;
  readonly tenantId: string;
  readonly document: string;
  /** Base64. */
  readonly signature: string;
  /** SPKI as base64. */
  readonly publicKey: string;
  readonly createdAt: Date;
}

/** How a name is remembered when nobody may know it any more: SHA-256 in lower-case hexadecimal. */
export function slugHash(slug: string): string {
  return createHash('sha256').update(slug).digest('hex');
}

/** What is left of erased tenants: that they were, and the proof. Both are added to and never changed. */
export class Tombstones {
  constructor(private readonly catalog: MikroORM) {}

  /**
   * Refuses an id that was erased (TenantErasedError: a restored backup brings nobody back) and a name that was an erased tenant's within
   * the last year (SlugTakenError: old links and mails must not lead to somebody else).
   */
  static async requireNone(em: EntityManager, { id, slug }: { id: string; slug: string }, now: Date): Promise<void> {
    const since = new Date(now.getTime() - QUARANTINE_DAYS * 86_400_000).toISOString();
    const rows = await em.execute<{ tenant_id: string }[]>(
      'select tenant_id from tombstone where tenant_id = ? or (slug_hash = ? and erased_at > ?)',
      [id, slugHash(slug), since],
    );
    if (rows.some((row) => row.tenant_id === id)) throw new TenantErasedError(id);
    if (rows.length > 0) throw new SlugTakenError(slug);
  }

  /** In the caller's transaction; once for a tenant. */
  static async put(em: EntityManager, certificate: ErasureCertificate, slug: string): Promise<void> {
    const { id, tenantId, document, signature, publicKey, createdAt } = certificate;
    await em.execute(
      `insert into erasure_certificate (id, tenant_id, document, signature, public_key, created_at) values (?, ?, ?, decode(?, 'base64'), ?, ?)`,
      [id, tenantId, document, signature, publicKey, createdAt.toISOString()],
    );
    await em.execute('insert into tombstone (tenant_id, slug_hash, erased_at, certificate_id) values (?, ?, ?, ?)', [
      ...[tenantId, slugHash(slug), createdAt.toISOString(), id],
    ]);
  }

  /** Those of `ids` that were erased: what a restored backup has no right to. */
  async among(ids: readonly string[]): Promise<string[]> {
    const rows = await this.catalog.em
      .fork()
      .execute<{ tenant_id: string }[]>('select tenant_id from tombstone where tenant_id = any(?::uuid[])', [`{${ids.join(',')}}`]);
    return rows.map(({ tenant_id: id }) => id);
  }

  /** By the tenant's id, or by the name it had (the latest tenant of that name). Null when nobody was erased. */
  async find(idOrSlug: string): Promise<ErasureCertificate | null> {
    const rows = await this.catalog.em.fork().execute<CertificateRow[]>(
      `select c.id, c.tenant_id, c.document, encode(c.signature, 'base64') as signature, c.public_key, c.created_at
       from tombstone t join erasure_certificate c on c.id = t.certificate_id
       where t.tenant_id::text = ? or t.slug_hash = ? order by t.erased_at desc limit 1`,
      [idOrSlug, slugHash(idOrSlug)],
    );
    return rows[0] ? certificateOf(rows[0]) : null;
  }

  /** Raises NoCertificateError. */
  async certificateOf(idOrSlug: string): Promise<ErasureCertificate> {
    const found = await this.find(idOrSlug);
    if (!found) throw new NoCertificateError(idOrSlug);
    return found;
  }
}

interface CertificateRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly document: string;
  readonly signature: string;
  readonly public_key: string;
  readonly created_at: Date | string;
}

function certificateOf({ id, document, ...row }: CertificateRow): ErasureCertificate {
  return {
    ...{ id, document },
    tenantId: row.tenant_id,
    signature: row.signature.replaceAll('\n', ''),
    publicKey: row.public_key,
    createdAt: new Date(row.created_at),
  };
}
