import type { MikroORM } from '@mikro-orm/postgresql';
import { CatalogUnavailableError } from '#catalog/catalog.errors.js';
import { frozenTenant } from '#catalog/tenants/frozen-tenant.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import type { ApiKeyCredential, CredentialDirectory } from '#kernel/resolution/credential-directory.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';

/** A request waits for these, so they are given less time than other work on the catalog. */
const ANSWER_WITHIN_MS = 1_500;

interface TenantRow {
  id: string;
  slug: string;
  name: string;
  plan: string;
  status: TenantStatus;
  region: string;
  kind: PlacementKind;
  placed_in: string;
  cluster: string;
  database: string;
  schema: string;
  secret: string | null;
  epoch: string;
}

const SELECT = `select t.id, t.slug, t.name, t.plan, t.status, t.region, p.kind, p.region as placed_in, p.cluster, p.database, p.schema, p.secret, p.epoch
  from tenant t join placement p on p.tenant_id = t.id`;

/** The tenants as the catalog has them now: one query an answer, no cache. Raises CatalogUnavailableError. */
export class CatalogTenantDirectory implements TenantDirectory, CredentialDirectory {
  constructor(private readonly catalog: MikroORM) {}

  bySlug(slug: string): Promise<Tenant | null> {
    return this.#one(`${SELECT} where t.slug = ?`, slug);
  }

  byId(id: string): Promise<Tenant | null> {
    return this.#one(`${SELECT} where t.id = ?`, id);
  }

  byDomain(domain: string): Promise<Tenant | null> {
    return this.#one(`${SELECT} join domain d on d.tenant_id = t.id where d.name = ? and d.verified_at is not null`, domain);
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
    return row ? frozenTenant(row, { ...row, region: row.placed_in, epoch: Number(row.epoch) }) : null;
  }

  async #rows<Row>(sql: string, parameter: string): Promise<Row[]> {
    try {
      return await new Deadline(ANSWER_WITHIN_MS).race(this.catalog.em.getConnection().execute<Row[]>(sql, [parameter]));
    } catch (error) {
      throw new CatalogUnavailableError(error);
    }
  }
}
