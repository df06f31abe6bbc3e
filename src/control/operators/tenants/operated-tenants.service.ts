import { Injectable } from '@nestjs/common';
import { TenantRollups } from '#catalog/rollups/tenant-rollups.js';
import { type TenantCard, TenantList } from '#catalog/tenants/tenant-list.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';

import type { ListTenants, TenantCardView, TenantPage, TenantView } from './tenant.schemas.js';

/** The tenants as those who run the platform see them, and what they do to them as a whole. */
@Injectable()
export class OperatedTenantsService {
  readonly #cursors: PageCursors;

  constructor(
    private readonly tenants: TenantList,
    private readonly registry: TenantRegistry,
    private readonly rollups: TenantRollups,
    private readonly lifecycle: TenantLifecycle,
    cursors: PageCursors,
  ) {
    this.#cursors = cursors.ofPlatform;
  }

  /** Newest first. Raises CursorInvalidError. */
  async list({ limit, cursor, ...filter }: ListTenants): Promise<TenantPage> {
    const scope = ['tenants', filter] as const;
    const after = cursor === undefined ? undefined : this.#cursors.open(cursor, scope);
    const cards = await this.tenants.page(filter, limit, after);
    return this.#cursors.page(cards.map(cardView), limit, scope, ({ id, createdAt }) => ({ id, at: new Date(createdAt) }));
  }

  /** Raises TenantUnknownError. */
  async get(idOrSlug: string): Promise<TenantView> {
    const { id, slug, name, plan, status, access, region, placement, overrides } = await this.registry.get(idOrSlug);
    const [facts, rollup] = await Promise.all([this.tenants.facts(id), this.rollups.of(id)]);
    if (!facts) throw new TenantUnknownError();
    const { adminEmail, createdAt, updatedAt, apiKeys } = facts;
    const { kind, region: placedIn, cluster, database, schema, epoch } = placement;
    const { schemaVersion = null, countedAt, ...counts } = rollup ?? {};
    return {
      ...{
        id,
        slug,
        name,
        plan,
        status,
        access,
        region,
        overrides: [...overrides],
        adminEmail,
        placement: { kind, region: placedIn, cluster, database, schema, epoch },
        apiKeys,
        schemaVersion,
      },
      ...{ createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
      usage:
        countedAt === undefined
          ? null
          : { ...(counts as Omit<NonNullable<TenantView['usage']>, 'countedAt'>), countedAt: countedAt.toISOString() },
    };
  }

  /** As TenantLifecycle does it, of the operators' own suspension. Raises TenantUnknownError, TenantStatusRefusedError and ErasureBegunError. */
  async act(verb: TenantVerb, id: string, reason: string): Promise<TenantView> {
    await this.lifecycle[verb](id, { reason, cause: 'operator' });
    return this.get(id);
  }
}

/** What an operator does to a tenant as a whole; each may be repeated. */
export type TenantVerb = 'suspend' | 'reinstate' | 'cancel' | 'reactivate' | 'hold' | 'release';

function cardView({ createdAt, ...card }: TenantCard): TenantCardView {
  return { ...card, createdAt: createdAt.toISOString() };
}
