import type { MikroORM } from '@mikro-orm/postgresql';

/** The public keys the platform ever signed with for what is on record (SPKI as base64), the oldest first; `up` adds them. */
export class CatalogAuditKeys {
  constructor(private readonly catalog: MikroORM) {}

  async all(): Promise<string[]> {
    const rows = await this.catalog.em
      .fork()
      .execute<{ public_key: string }[]>('select public_key from audit_key order by known_since, public_key');
    return rows.map(({ public_key: key }) => key);
  }
}
