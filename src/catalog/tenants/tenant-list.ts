import type { MikroORM } from '@mikro-orm/postgresql';
import { rowTime } from '#kernel/model/row-time.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';
import type { TenantStatus } from '#kernel/tenancy/tenant.js';

/** A tenant as a list of all of them shows it. */
export interface TenantCard {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: string;
  readonly status: TenantStatus;
  readonly region: string;
  readonly kind: PlacementKind;
  readonly cluster: string;
  readonly createdAt: Date;
}

/** Which tenants; `q` is a part of the slug, the name or the first address. */
export interface TenantFilter {
  readonly status?: TenantStatus | undefined;
  readonly plan?: string | undefined;
  readonly region?: string | undefined;
  readonly q?: string | undefined;
}

interface Tables {
  tenant: Omit<TenantCard, 'kind' | 'cluster' | 'createdAt'> & { admin_email: string; created_at: Date; updated_at: Date };
  placement: { tenant_id: string; kind: PlacementKind; cluster: string };
  api_key: { tenant_id: string; revoked_at: Date | null };
}

/** What the catalog's list of tenants says beside the snapshot of each. */
export interface TenantRecordFacts {
  readonly adminEmail: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Keys that are good. */
  readonly apiKeys: number;
}

/** The list of tenants for those who run the platform; it is only read. */
export class TenantList {
  constructor(private readonly catalog: MikroORM) {}

  /** Newest first, from after a position on; one more than `limit` when there are more. */
  async page({ status, plan, region, q }: TenantFilter, limit: number, after?: { at: Date; id: string }): Promise<TenantCard[]> {
    let query = this.#tables
      .selectFrom('tenant')
      .innerJoin('placement', 'placement.tenant_id', 'tenant.id')
      .select(['tenant.id', 'slug', 'name', 'plan', 'status', 'tenant.region', 'kind', 'cluster', 'created_at']);
    if (status !== undefined) query = query.where('status', '=', status);
    if (plan !== undefined) query = query.where('plan', '=', plan);
    if (region !== undefined) query = query.where('tenant.region', '=', region);
    if (q !== undefined) {
      const part = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
      query = query.where((eb) => eb.or([eb('slug', 'ilike', part), eb('name', 'ilike', part), eb('admin_email', 'ilike', part)]));
    }
    if (after) query = query.where((eb) => eb(eb.refTuple('created_at', 'tenant.id'), '<', eb.tuple(after.at, after.id)));
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('tenant.id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: rowTime(created_at) }));
  }

  /** Null when there is no such tenant. */
  async facts(id: string): Promise<TenantRecordFacts | null> {
    const row = await this.#tables
      .selectFrom('tenant')
      .select((eb) => [
        'admin_email as adminEmail',
        'created_at',
        'updated_at',
        eb
          .selectFrom('api_key')
          .whereRef('api_key.tenant_id', '=', 'tenant.id')
          .where('revoked_at', 'is', null)
          .select((keys) => keys.fn.countAll().as('count'))
          .as('apiKeys'),
      ])
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) return null;
    const { adminEmail, created_at, updated_at, apiKeys } = row;
    return { adminEmail, createdAt: rowTime(created_at), updatedAt: rowTime(updated_at), apiKeys: Number(apiKeys) };
  }

  get #tables() {
    return this.catalog.em.fork().getKysely<Tables>();
  }
}
