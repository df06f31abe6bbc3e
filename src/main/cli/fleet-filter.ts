import type { Command } from 'commander';
import type { HomeFilter } from '#catalog/fleet/home-ledger.js';
import { RegionUnknownError } from '#control/provisioning/provisioning.errors.js';
import { isUuid } from '#kernel/model/uuid.js';
import { PLACEMENT_KINDS } from '#kernel/tenancy/placement.js';
import { UsageError } from '#main/cli/usage-error.js';
import type { Platform } from '#main/platform.js';

/** Which homes are meant, as the command line says it. */
export interface FilterOptions {
  readonly tier?: string;
  readonly region?: string;
  readonly tenant?: string[];
}

/** Gives a command the options of a filter. */
export function filtered(command: Command): Command {
  return command
    .option('--tier <tier>', `only homes of one tier: ${PLACEMENT_KINDS.join(', ')}`)
    .option('--region <region>', 'only homes in one region')
    .option('--tenant <slug>', 'only homes of this tenant; may be repeated', (slug: string, others: string[] | undefined) => [
      ...(others ?? []),
      slug,
    ]);
}

/** Raises UsageError for a tier or a tenant that is not there. */
export async function filterOf(platform: Platform, { tier, region, tenant }: FilterOptions): Promise<HomeFilter> {
  const known = PLACEMENT_KINDS.find((name) => name === tier);
  if (tier !== undefined && !known) throw new UsageError(`there is no tier ${tier}; there are ${PLACEMENT_KINDS.join(', ')}`);
  const tenants = tenant && (await Promise.all(tenant.map((idOrSlug) => idOf(platform, idOrSlug))));
  return { ...(known && { tier: known }), ...(region !== undefined && { region }), ...(tenants && { tenants }) };
}

/** A region that is not there was written wrongly, as a tier would be. Raises what it was given, or a UsageError. */
export function unknownIsUsage(error: unknown): never {
  throw error instanceof RegionUnknownError ? new UsageError(`there is no region ${JSON.stringify(error.region)}`) : error;
}

async function idOf({ directory }: Platform, idOrSlug: string): Promise<string> {
  const tenant = isUuid(idOrSlug) ? await directory.byId(idOrSlug) : await directory.bySlug(idOrSlug);
  if (!tenant) throw new UsageError(`there is no tenant ${idOrSlug}`);
  return tenant.id;
}
