import { AppError } from '#kernel/errors/app-error.js';

/** The region has no cluster. */
export class RegionUnknownError extends AppError {
  readonly code = 'provisioning.region-unknown';

  constructor(readonly region: string) {
    super(`There is no cluster in region ${region}.`);
  }
}

/** Nothing of this name can be bought. */
export class PlanUnknownError extends AppError {
  readonly code = 'provisioning.plan-unknown';

  constructor(
    readonly plan: string,
    readonly known: readonly string[],
  ) {
    super(`There is no plan ${plan}; there are ${known.join(', ')}.`);
  }
}

/** The place that was made does not answer as the tenant's own. */
export class IsolationNotVerifiedError extends AppError {
  readonly code = 'provisioning.not-verified';

  constructor(
    readonly tenantId: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The place made for tenant ${tenantId} is not its own: ${reason}.`, options);
  }
}

/** A tenant was placed on a cluster that is not configured here. */
export class ClusterUnknownError extends AppError {
  readonly code = 'provisioning.cluster-unknown';

  constructor(readonly cluster: string) {
    super(`Cluster ${cluster} is not configured.`);
  }
}

/** A tenant was to be placed on a cluster of another region than its own. */
export class ClusterElsewhereError extends AppError {
  readonly code = 'provisioning.cluster-elsewhere';

  constructor(
    readonly cluster: string,
    readonly region: string,
  ) {
    super(`Cluster ${cluster} is in region ${region}.`);
  }
}

/** Why a server is refused that is a tenant's, or the platform's own. */
export const IN_USE = 'it is in use by this platform already';

/** A server that a customer brought cannot be used as it is; says nothing of how it is reached. */
export class OwnServerRefusedError extends AppError {
  readonly code = 'provisioning.own-server-refused';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The server of the connection string cannot be used: ${reason}.`, options);
  }
}

/** A server that a customer brought cannot be given back while a tenant is placed there. */
export class ClusterInUseError extends AppError {
  readonly code = 'provisioning.cluster-in-use';

  constructor(readonly cluster: string) {
    super(`A tenant is placed on cluster ${cluster}.`);
  }
}

/** The catalog has the tenant's new status and its database does not: until that is mended, the database lets nobody in by the new one. */
export class TenantNotFencedError extends AppError {
  readonly code = 'provisioning.not-fenced';

  constructor(
    readonly tenantId: string,
    readonly status: string,
    options: ErrorOptions,
  ) {
    super(
      `Tenant ${tenantId} is ${status} in the catalog, but its database could not be told: repeat ${status === 'active' ? '`tenant resume`' : 'the command'}.`,
      options,
    );
  }
}
