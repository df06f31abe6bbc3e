import type { Principal } from '#kernel/resolution/principal.js';
import { AppError } from '#kernel/errors/app-error.js';
import { type FlagName, FLAGS } from '#kernel/flags/flag-registry.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { tenantEntry } from '#main/cli/tenant-report.js';
import { UsageError } from '#main/cli/usage-error.js';
import type { Platform } from '#main/platform.js';
import { type Decision, stepsTo } from '#workspace/access/decision.js';
import type { MemberTables } from '#workspace/members/member-tables.js';
import { isUuid } from '#kernel/model/uuid.js';

/** Who asks, and for what. */
export interface AccessQuestion {
  readonly permission: string;
  readonly member: string | undefined;
  readonly key: string | undefined;
}

/** Where a tenant is reached, what a request is told, what the tenant has and where its rows are; asks nothing of the tenant's own database. */
export async function explainTenant(platform: Platform, tenant: Tenant): Promise<Record<string, unknown>> {
  const { config, plans, flags } = platform;
  const { placement, ...facts } = tenantEntry(tenant);
  const { features, limits, meters } = plans.entitlementsOf(tenant);
  return {
    ...facts,
    host: `${tenant.slug}.${config.BASE_DOMAIN}`,
    servedHere: config.SERVED_REGIONS?.includes(tenant.region) ?? true,
    requestsGet: answerTo(tenant),
    access: tenant.access,
    entitlements: { features: [...features], limits, meters },
    agreedBesides: tenant.overrides,
    flags: Object.fromEntries((Object.keys(FLAGS) as FlagName[]).map((flag) => [flag, flags.isOn(flag, tenant)])),
    settingsDecided: [...(await platform.settingOverrides.of(tenant.id)).keys()],
    placement,
  };
}

/** The decision, and the rules that were asked on the way to it. Raises PermissionUnknownError, and UsageError for somebody there is not. */
export async function explainAccess(
  platform: Platform,
  tenant: Tenant,
  question: AccessQuestion,
): Promise<Decision & { steps: ReturnType<typeof stepsTo> }> {
  const { access, permissions } = platform;
  const permission = permissions.require(question.permission);
  // Behind a closed fence nobody can be looked up, and nobody may anything.
  const decision: Decision =
    tenant.status === 'active'
      ? await TenantScope.run(tenant, async () => {
          if (question.member !== undefined) return access.decideForMember(await memberOf(platform, question.member), permission);
          return access.decideFor(await machineOf(platform, tenant, question.key ?? ''), permission);
        })
      : { allow: false, rule: 'tenant-status', reason: `The tenant is ${tenant.status}.` };
  return { ...decision, steps: stepsTo(decision) };
}

async function memberOf({ contexts }: Platform, given: string): Promise<string> {
  const column = isUuid(given) ? 'id' : 'email';
  const found = await contexts
    .reads<MemberTables>()
    .selectFrom('member')
    .select('id')
    .where(column, '=', given.toLowerCase())
    .executeTakeFirst();
  if (!found) throw new UsageError(`there is no member ${given}`);
  return found.id;
}

async function machineOf({ keyDesk }: Platform, { id: tenantId }: Tenant, given: string): Promise<Principal> {
  const card = (await keyDesk.list(tenantId)).find(({ id }) => id === given);
  if (!card) throw new UsageError(`there is no key ${given} in use`);
  return { kind: 'machine', id: card.id, tenantId, permissions: card.permissions, createdBy: card.createdBy };
}

function answerTo(tenant: Tenant): string {
  try {
    requireActive(tenant);
    return 'served';
  } catch (error) {
    return error instanceof AppError ? error.code : 'internal';
  }
}
