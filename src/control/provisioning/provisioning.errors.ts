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
