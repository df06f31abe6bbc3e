import { UnauthenticatedError } from '#kernel/resolution/access.errors.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { Permission } from '#kernel/plugin/permission.js';
import type { Principal } from '#kernel/resolution/principal.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { WrongTenantInScopeError } from '#kernel/tenancy/tenancy.errors.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import {
  AccessDeniedError,
  BeyondOwnRightsError,
  FeatureClosedError,
  PlanRequiredError,
  ReadOnlyError,
  StepUpRequiredError,
} from '#workspace/access/access.errors.js';
import { type Circumstances, type Decision, decide } from '#workspace/access/decision.js';
import { mayGive } from '#workspace/access/granting.js';
import { type PermissionCatalogue, permissionsOf } from '#workspace/access/permission-catalogue.js';
import type { Resource } from '#workspace/access/resource.js';
import { readRoleGraph } from '#workspace/access/role-reader.js';
import type { Standing } from '#workspace/access/standing.js';
import type { Standings } from '#workspace/access/standings.js';
import type { FeatureGates } from '#workspace/settings/feature-gates.js';
import { NOTHING_VISIBLE, type Visible, visibleTo } from '#workspace/access/visible.js';

export interface AccessDependencies {
  readonly standings: Standings;
  readonly permissions: PermissionCatalogue;
  readonly plans: PlanCatalogue;
  readonly contexts: TenantContextFactory;
  /** What closes a feature that a plan has; without it none is closed. */
  readonly gates?: Pick<FeatureGates, 'closed'>;
  readonly now?: () => number;
}

const PLATFORM: Decision = Object.freeze({ allow: true, rule: 'platform', reason: 'The platform itself does this.' });
const NOBODY: Decision = Object.freeze({ allow: false, rule: 'membership', reason: 'Nobody is signed in.' });

/**
 * May whoever this work is done for do that? One decision for requests, jobs and whatever else asks: in the tenant in scope, for the
 * principal of the WorkOrigin. What nobody asked for is the platform's own and allowed, unless it came over HTTP.
 */
export class Access {
  constructor(private readonly parts: AccessDependencies) {}

  async decide(permission: Permission, resource?: Resource): Promise<Decision> {
    const { principal, surface } = WorkOrigin.current();
    if (!principal) return surface === 'http' ? NOBODY : PLATFORM;
    return this.decideFor(principal, permission, resource);
  }

  /** Raises UnauthenticatedError, StepUpRequiredError, PlanRequiredError, FeatureClosedError or AccessDeniedError, unless it is allowed. */
  async require(permission: Permission, resource?: Resource): Promise<void> {
    const decision = await this.decide(permission, resource);
    if (!decision.allow) throw refusalOf(decision, permission);
  }

  /** Which things of a kind: for the `where` of a list, so that it asks nothing of what it does not show. */
  async visible(permission: Permission, kind: string): Promise<Visible> {
    const { principal, surface } = WorkOrigin.current();
    if (!principal) return surface === 'http' ? NOTHING_VISIBLE : { all: true, except: [], only: [] };
    return visibleTo(await this.standingOf(principal), permission, kind, await this.#circumstancesOf(permission));
  }

  /**
   * For whoever gives roles to somebody: raises RoleUnknownError for one that is not there and BeyondOwnRightsError unless the giver has all
   * that they come to. In a transaction the roles stay there until it ends.
   */
  async requireGrantable(roles: readonly string[]): Promise<void> {
    const graph = await readRoleGraph(this.parts.contexts, roles);
    graph.requireAll(roles);
    await this.requireMayGive(permissionsOf(graph.sum(roles), this.parts.permissions));
  }

  /** Raises BeyondOwnRightsError unless the giver has all of these, on the resource or, without one, on everything and for ever. */
  async requireMayGive(permissions: readonly Permission[], resource?: Resource): Promise<void> {
    const lacking = await this.notGivable(permissions, resource);
    if (lacking.length > 0) throw new BeyondOwnRightsError(lacking.map(({ name }) => name));
  }

  /** Those of the permissions that `requireMayGive` would raise for. */
  async notGivable(permissions: readonly Permission[], resource?: Resource): Promise<Permission[]> {
    const { principal, surface } = WorkOrigin.current();
    if (!principal && surface !== 'http') return [];
    const standing = principal && (await this.standingOf(principal));
    const { now } = this.circumstances();
    return permissions.filter((permission) => !standing || !mayGive(standing, permission, resource, now));
  }

  /** The same decision about somebody else of the tenant in scope. */
  async decideFor(principal: Principal, permission: Permission, resource?: Resource): Promise<Decision> {
    return decide(await this.standingOf(principal), { permission, ...resource }, await this.#circumstancesOf(permission));
  }

  /** What a member of the tenant in scope may, as if they had just signed in. */
  async decideForMember(id: string, permission: Permission, resource?: Resource): Promise<Decision> {
    const principal: Principal = { kind: 'member', id, tenantId: TenantScope.require('decide on access').id, sessionId: null };
    const circumstances = { ...(await this.#circumstancesOf(permission)), isPresent: false };
    return decide(await this.standingOf(principal), { permission, ...resource }, circumstances);
  }

  /** Raises WrongTenantInScopeError for a principal of another tenant. */
  standingOf(principal: Principal): Promise<Standing> {
    const tenant = TenantScope.require('decide on access');
    if (principal.tenantId !== tenant.id) throw new WrongTenantInScopeError(principal.tenantId, tenant.id);
    return this.parts.standings.of(principal);
  }

  circumstances(): Circumstances {
    const { plans, now = Date.now } = this.parts;
    const tenant: Tenant = TenantScope.require('decide on access');
    const at = now();
    return {
      status: tenant.status,
      access: tenant.access,
      features: plans.entitlementsOf(tenant, new Date(at)).features,
      planWith: (feature) => [...plans.terms].find(([, { features }]) => features.has(feature))?.[0],
      isPresent: WorkOrigin.current().surface !== 'job',
      now: at,
    };
  }

  async #circumstancesOf({ feature }: Permission): Promise<Circumstances> {
    const circumstances = this.circumstances();
    // Nothing is asked of a feature that the plan does not have: that is reason enough.
    if (feature === undefined || !circumstances.features.has(feature)) return circumstances;
    return { ...circumstances, closed: (await this.parts.gates?.closed(feature))?.reason };
  }
}

/** The error a refusal is raised as. A member whose sign-in is over is nobody any more, and must sign in; that is another answer than "not you". */
export function refusalOf({ rule, reason, requiredPlan, stepUp }: Decision, { name }: Permission): Error {
  const { principal } = WorkOrigin.current();
  const isOver = principal?.kind !== 'machine' && (rule === 'membership' || rule === 'session');
  if (isOver) return new UnauthenticatedError();
  if (rule === 'plan') return new PlanRequiredError(name, requiredPlan);
  if (rule === 'feature') return new FeatureClosedError(name, reason);
  if (rule === 'read-only') return new ReadOnlyError(name);
  return stepUp ? new StepUpRequiredError(name) : new AccessDeniedError(name, reason);
}
