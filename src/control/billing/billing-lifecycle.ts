/** What billing has done to a tenant as a whole. Each may be repeated; a suspension for another cause is not billing's to lift. */
export interface BillingLifecycle {
  suspend(tenantId: string, why: { readonly cause: 'billing'; readonly reason: string }): Promise<unknown>;
  reinstate(tenantId: string, why: { readonly cause: 'billing'; readonly reason: string }): Promise<unknown>;
  cancel(tenantId: string, why: { readonly reason: string }): Promise<unknown>;
}
