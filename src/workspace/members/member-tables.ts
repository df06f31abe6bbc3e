import type { MemberStatus } from './member.entity.js';

/** Why a one-time link was made: to set the first password, or a new one. */
export type LinkPurpose = 'setup' | 'reset';

export type RevokeReason = 'logout' | 'revoked' | 'renewed' | 'reuse_detected' | 'password_changed' | 'disabled' | 'suspended';

/** The tables of people and their sessions as statements see them; a time is read as text and written as a Date. */
export interface MemberTables {
  member: {
    tenant_id: string;
    id: string;
    email: string;
    name: string;
    status: MemberStatus;
    roles: string[];
    password_hash: string | null;
    password_changed_at: Date | null;
    version: number;
    created_at: Date;
    updated_at: Date;
  };
  member_session: {
    tenant_id: string;
    id: string;
    member_id: string;
    device: string;
    user_agent: string | null;
    ip_first: string | null;
    ip_last: string | null;
    created_at: Date;
    last_seen_at: Date;
    /** When the password was last given. */
    authenticated_at: Date;
    idle_expires_at: Date;
    expires_at: Date;
    revoked_at: Date | null;
    revoke_reason: RevokeReason | null;
  };
  refresh_token: {
    tenant_id: string;
    /** SHA-256 of the token, in hex. */
    hash: string;
    session_id: string;
    parent_hash: string | null;
    issued_at: Date;
    used_at: Date | null;
    replaced_by: string | null;
  };
  one_time_token: {
    tenant_id: string;
    id: string;
    member_id: string;
    purpose: LinkPurpose;
    expires_at: Date;
    used_at: Date | null;
    created_at: Date;
  };
}
