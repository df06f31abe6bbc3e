import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';

/** What is counted of every tenant, so that the platform knows how much of it there is. */
export type TenantFigure = 'users' | 'activeUsers30d' | 'tickets' | 'storageBytes';

/** How one part of the product counts its share of a figure. */
export interface TenantCount {
  readonly figure: TenantFigure;
  /** Of the tenant in scope, in one statement. */
  readonly of: (contexts: TenantContextFactory, now: Date) => Promise<number>;
}
