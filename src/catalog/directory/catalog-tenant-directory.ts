import type { MikroORM } from '@mikro-orm/postgresql';
import { CatalogUnavailableError } from '#catalog/catalog.errors.js';
import { SELECT_TENANTS, tenantOf, type TenantRow } from '#catalog/tenants/tenant-rows.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import type { ApiKeyCredential, CredentialDirectory } from '#kernel/resolution/credential-directory.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** A request waits for these, so they are given less time than other work on the catalog. */
const ANSWER_WITHIN_MS = 1_500;

/** The tenants as the catalog has them now: one query an answer, no cache. Raises CatalogUnavailableError. */
export class CatalogTenantDirectory implements TenantDirectory, CredentialDirectory {
  constructor(private readonly catalog: MikroORM) {}

  bySlug(slug: string): Promise<Tenant | null> {
    return this.#one(`${SELECT_TENANTS} where t.slug = ?`, slug);
  }

  byId(id: string): Promise<Tenant | null> {
    return this.#one(`${SELECT_TENANTS} where t.id = ?`, id);
  }

  byDomain(domain: string): Promise<Tenant | null> {
    return this.#one(`${SELECT_TENANTS} join domain d on d.tenant_id = t.id where d.name = ? and d.verified_at is not null`, domain);
  }

  refresh(id: string): Promise<Tenant | null> {
    return this.byId(id);
  }

  async apiKey(hash: string): Promise<ApiKeyCredential | null> {
    const [key] = await this.#rows<ApiKeyCredential>(
      `select id, tenant_id as "tenantId", permissions, created_by as "createdBy" from api_key where hash = ? and revoked_at is null`,
      hash,
    );
    return key ?? null;
  }

  async #one(sql: string, parameter: string): Promise<Tenant | null> {
    const [row] = await this.#rows<TenantRow>(sql, parameter);
    return row ? tenantOf(row) : null;
  }

  async #rows<Row>(sql: string, parameter: string): Promise<Row[]> {
    try {
      return await new Deadline(ANSWER_WITHIN_MS).race(this.catalog.em.getConnection().execute<Row[]>(sql, [parameter]));
    } catch (error) {
      throw new CatalogUnavailableError(error);
    }
  }
}
