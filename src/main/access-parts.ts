import type { MikroORM } from '@mikro-orm/postgresql';
import { ApiKeys } from '#catalog/credentials/api-keys.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { Plugin } from '#kernel/plugin/plugin.js';
import type { InvalidationChannel } from '#kernel/tenancy/invalidation-channel.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { Access } from '#workspace/access/access.js';
import type { AccessChanges } from '#workspace/access/access-changes.js';
import type { ApiKeyDesk } from '#workspace/access/keys/api-key-desk.js';
import { PermissionCatalogue } from '#workspace/access/permission-catalogue.js';
import type { FeatureGates } from '#workspace/settings/feature-gates.js';
import { StandingReader } from '#workspace/access/standing-reader.js';
import { Standings } from '#workspace/access/standings.js';

/** What decides on access in a process, and what tells it of changes. */
export interface AccessParts {
  readonly access: Access;
  readonly accessChanges: AccessChanges;
  readonly permissions: PermissionCatalogue;
  readonly keyDesk: ApiKeyDesk;
}

export interface AccessOptions {
  readonly contexts: TenantContextFactory;
  readonly plans: PlanCatalogue;
  readonly plugins: readonly Plugin[];
  readonly channel: InvalidationChannel;
  readonly catalog: MikroORM;
  readonly gates: FeatureGates;
  /** Tells every process that a tenant changed. */
  readonly announce: (tenantId: string) => Promise<void>;
}

/** Raises TypeError when two permissions have one name. */
export function openAccess({ contexts, plans, plugins, channel, catalog, gates, announce }: AccessOptions): AccessParts {
  const permissions = new PermissionCatalogue(plugins.flatMap((plugin) => plugin.permissions));
  const standings = new Standings(new StandingReader(contexts), { channel });
  const access = new Access({ standings, permissions, plans, contexts, gates });
  return { access, accessChanges: standings, permissions, keyDesk: new ApiKeys(catalog, announce) };
}
