import type { Permission } from '#kernel/plugin/permission.js';

/** Decides whether whoever asked for a job may still have it done. */
export interface JobGate {
  /** For the tenant and the origin in scope: null when it is allowed, else why not, in a few words. Raises when that cannot be found out. */
  refusal(permission: Permission): Promise<string | null>;
}
