/** Closes tenants, with logins that requests never use. */
export abstract class TenantCloser {
  /** Makes a tenant a cancelled one; its data is kept. One that is cancelled already stays so. Raises what changing a status raises. */
  abstract cancel(tenantId: string): Promise<void>;
}
