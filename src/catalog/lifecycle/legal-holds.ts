import type { EntityManager } from '@mikro-orm/postgresql';

/** That a tenant's data must not be taken away. */
export interface LegalHold {
  readonly reason: string;
  readonly since: Date;
  /** Who set it, by the name the platform's record has. */
  readonly by: string;
}

/** Legal holds, on tenants of any status; whoever erases looks at them. */
export const LegalHolds = {
  /** False when it is held already; it stays as it was. */
  async set(em: EntityManager, tenantId: string, { reason, since, by }: LegalHold): Promise<boolean> {
    const held = await em.execute<unknown[]>(
      `insert into tenant_legal_hold (tenant_id, reason, since, by) values (?, ?, ?::timestamptz, ?)
       on conflict do nothing returning tenant_id`,
      [tenantId, reason, since.toISOString(), by],
    );
    return held.length > 0;
  },

  /** False when it is not held. */
  async lift(em: EntityManager, tenantId: string): Promise<boolean> {
    const lifted = await em.execute<unknown[]>('delete from tenant_legal_hold where tenant_id = ? returning tenant_id', [tenantId]);
    return lifted.length > 0;
  },

  async of(em: EntityManager, tenantId: string): Promise<LegalHold | null> {
    const [row] = await em.execute<{ reason: string; since: string; by: string }[]>(
      'select reason, since::text, by from tenant_legal_hold where tenant_id = ?',
      [tenantId],
    );
    return row ? { ...row, since: new Date(row.since) } : null;
  },
} as const;
