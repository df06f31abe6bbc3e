/** The table of answers as statements see it. */
export interface IdempotencyTables {
  idempotency_key: {
    tenant_id: string;
    principal: string;
    route: string;
    key: string;
    fingerprint: string;
    status: number | null;
    headers: string | null;
    body: string | null;
    created_at: Date;
    expires_at: Date;
  };
}
