import type { OperatorRole } from '#kernel/plugin/platform-permission.js';

export const OPERATOR_STATUSES = ['invited', 'active', 'disabled'] as const;
export type OperatorStatus = (typeof OPERATOR_STATUSES)[number];

export type OperatorRevokeReason = 'logout' | 'revoked' | 'reuse_detected' | 'password_changed' | 'disabled';

/** The tables of operators and their sessions as statements see them; a time is read as text and written as a Date. */
export interface OperatorTables {
  operator: {
    id: string;
    email: string;
    name: string;
    status: OperatorStatus;
    roles: OperatorRole[];
    password_hash: string | null;
    password_changed_at: Date | null;
    version: number;
    created_at: Date;
    updated_at: Date;
  };
  operator_session: {
    id: string;
    operator_id: string;
    device: string;
    user_agent: string | null;
    ip_first: string | null;
    ip_last: string | null;
    created_at: Date;
    last_seen_at: Date;
    authenticated_at: Date;
    idle_expires_at: Date;
    expires_at: Date;
    revoked_at: Date | null;
    revoke_reason: OperatorRevokeReason | null;
  };
  operator_refresh_token: {
    /** SHA-256 of the token, in hex. */
    hash: string;
    session_id: string;
    parent_hash: string | null;
    issued_at: Date;
    used_at: Date | null;
    replaced_by: string | null;
  };
  operator_link: {
    id: string;
    operator_id: string;
    expires_at: Date;
    used_at: Date | null;
    created_at: Date;
  };
}
