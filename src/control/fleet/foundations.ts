import type { HomeDifference } from '#control/fleet/home-truth.js';

/** The name of the foundation of a database among its homes. */
export const FOUNDATION = 'tenancy';

/** `isOfNewerBuild`: what differs may be what that build changed, so it is nobody's of this one to mend. */
export interface FoundationDifference extends HomeDifference {
  readonly isOfNewerBuild: boolean;
}

/** What holds tenants apart inside databases, each held against what tenancy.sql makes on its server: never against what a database says it was given. */
export interface Foundations {
  /** Empty when there is none; only reads. Raises when the database cannot be asked. */
  difference(cluster: string, database: string): Promise<FoundationDifference>;
  /** Gives it anew. What somebody added stays, and is still told. Raises when a newer build laid it, which stays. */
  lay(cluster: string, database: string): Promise<void>;
}

/** Whether anything differs. */
export function isDifferent({ missing, extra, changed }: Omit<HomeDifference, 'repair'>): boolean {
  return missing.length + extra.length + changed.length > 0;
}
