/** The tables of rights as statements see them, and what of the members' they ask; a time is read as text and written as a Date. */
export interface AccessTables {
  role: {
    tenant_id: string;
    id: string;
    key: string;
    name: string;
    parents: string[];
    permissions: string[];
    version: number;
    created_at: Date;
    updated_at: Date;
  };
  access_override: {
    tenant_id: string;
    id: string;
    holder_kind: 'role' | 'member' | 'machine';
    holder: string;
    permission: string;
    effect: 'allow' | 'deny';
    resource_kind: string | null;
    resource_id: string | null;
    reason: string;
    expires_at: Date | null;
    created_by: string | null;
    created_at: Date;
  };
  member: { id: string; status: string; roles: string[] };
  member_session: {
    id: string;
    member_id: string;
    authenticated_at: Date;
    idle_expires_at: Date;
    expires_at: Date;
    revoked_at: Date | null;
  };
}
