import type { Tenant } from '#kernel/tenancy/tenant.js';

/** A login in a tenant's database that reads the tenant's rows and nothing else, and what the database does when its time is over. */
export interface AuditorLogin {
  readonly role: string;
  readonly expiresAt: Date;
}

/** Makes and ends the logins of auditors where the tenant's rows are. */
export interface AuditorLogins {
  /** Gives the connection string, which holds the password and is kept nowhere. Raises what the database raises: a tenant must be open. */
  open(tenant: Tenant, login: AuditorLogin): Promise<string>;
  /** Ends the login and its open sessions; succeeds when it is gone. */
  close(tenant: Tenant, role: string): Promise<void>;
}
