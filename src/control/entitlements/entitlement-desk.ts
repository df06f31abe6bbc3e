import type { EntitlementOverrides } from '#catalog/entitlements/entitlement-overrides.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { EntitlementNotFoundError, EntitlementUnknownError } from '#control/entitlements/entitlement.errors.js';
import type { AgreeEntitlement, EntitlementsView } from '#control/entitlements/entitlement.schemas.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';

/** What operators agree with tenants beside their plans. Raises TenantUnknownError for a tenant that is not there. */
export class EntitlementDesk {
  constructor(
    private readonly tenants: Pick<TenantRegistry, 'get'>,
    private readonly overrides: EntitlementOverrides,
    private readonly plans: PlanCatalogue,
  ) {}

  async read(idOrSlug: string): Promise<EntitlementsView> {
    const tenant = await this.tenants.get(idOrSlug);
    const { features, limits, meters } = this.plans.entitlementsOf(tenant);
    const agreed = await this.overrides.of(tenant.id);
    return { plan: tenant.plan, features: [...features].sort(), limits: { ...limits }, meters: { ...meters }, agreed };
  }

  /** Raises EntitlementUnknownError for what no plan knows, or what is of another kind. */
  async agree(idOrSlug: string, key: string, { value, until, reason }: AgreeEntitlement): Promise<EntitlementsView> {
    this.#requireKnown(key, value);
    const { id } = await this.tenants.get(idOrSlug);
    await this.overrides.set(id, { key, value, until: until?.toISOString() ?? null, reason });
    return this.read(id);
  }

  /** Raises EntitlementNotFoundError. */
  async end(idOrSlug: string, key: string, reason: string): Promise<void> {
    const { id } = await this.tenants.get(idOrSlug);
    if (!(await this.overrides.remove(id, key, reason))) throw new EntitlementNotFoundError(key);
  }

  /** A typing error would agree on nothing, and nobody would see it. */
  #requireKnown(key: string, value: boolean | number): void {
    const [area, name = ''] = key.split('.', 2);
    const terms = [...this.plans.terms.values()];
    const isKnown =
      typeof value === 'boolean'
        ? area === 'feature' && terms.some(({ features }) => features.has(name))
        : (area === 'limit' && terms.some(({ limits }) => name in limits)) ||
          (area === 'meter' && terms.some(({ meters }) => name in meters));
    if (!isKnown) throw new EntitlementUnknownError(key);
  }
}
