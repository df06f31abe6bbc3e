import type { MemberPrincipal } from '#kernel/resolution/principal.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { MembersOnlyError } from './auth.errors.js';

/** A member with the session they act in. */
export type SignedInMember = MemberPrincipal & { readonly sessionId: string };

/** The person who acts. Raises MembersOnlyError for a machine, and for a token that belongs to no session. */
export function signedInMember(): SignedInMember {
  const { principal } = WorkOrigin.current();
  if (principal?.kind !== 'member' || principal.sessionId === null) throw new MembersOnlyError();
  return { ...principal, sessionId: principal.sessionId };
}

/** Runs work as done by this member, who has only just shown who they are. */
export function actingAs<T>({ id, tenantId, sessionId }: Omit<MemberPrincipal, 'kind'>, work: () => T): T {
  return WorkOrigin.run({ ...WorkOrigin.current(), principal: { kind: 'member', id, tenantId, sessionId } }, work);
}
