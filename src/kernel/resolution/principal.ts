/**
 * Who acts, always of one tenant: a member with an access token, or a machine with an API key. A key has at most the permissions listed
 * and at most what its creator may; null stands for all, and a creator of null is an operator.
 */
export type Principal = MemberPrincipal | MachinePrincipal;

export interface MemberPrincipal {
  readonly kind: 'member';
  readonly id: string;
  readonly tenantId: string;
  /** Null for a token that belongs to no session. */
  readonly sessionId: string | null;
}

export interface MachinePrincipal {
  readonly kind: 'machine';
  readonly id: string;
  readonly tenantId: string;
  readonly permissions: readonly string[] | null;
  readonly createdBy: string | null;
}

/** The member who acts; null when none does, also for a machine. */
export function memberIdOf(principal: Principal | null): string | null {
  return principal?.kind === 'member' ? principal.id : null;
}

/** The member whose rights bound what is done: who acts, or who made the machine that does; null for the platform and an operator's key. */
export function memberBehind(principal: Principal | null): string | null {
  return principal?.kind === 'machine' ? principal.createdBy : memberIdOf(principal);
}
