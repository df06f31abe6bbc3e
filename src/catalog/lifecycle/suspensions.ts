import type { EntityManager } from '@mikro-orm/postgresql';

/** Who may suspend a tenant, each for reasons of their own. */
export const SUSPENSION_CAUSES = ['operator', 'billing', 'security'] as const;
export type SuspensionCause = (typeof SUSPENSION_CAUSES)[number];

/** One cause for which a tenant is suspended. */
export interface Suspension {
  readonly cause: SuspensionCause;
  readonly reason: string;
  readonly since: Date;
  /** Who set it, by the name the platform's record has. */
  readonly by: string;
}

/** The causes for which tenants are suspended, written in the transaction that changes their status. */
export const Suspensions = {
  /** False when the cause is there already; it stays as it was. */
  async add(em: EntityManager, tenantId: string, { cause, reason, since, by }: Suspension): Promise<boolean> {
    const added = await em.execute<unknown[]>(
      `insert into tenant_suspension (tenant_id, cause, reason, since, by) values (?, ?, ?, ?::timestamptz, ?)
       on conflict do nothing returning cause`,
      [tenantId, cause, reason, since.toISOString(), by],
    );
    return added.length > 0;
  },

  /** False when it is not suspended for that. */
  async lift(em: EntityManager, tenantId: string, cause: SuspensionCause): Promise<boolean> {
    const lifted = await em.execute<unknown[]>('delete from tenant_suspension where tenant_id = ? and cause = ? returning cause', [
      tenantId,
      cause,
    ]);
    return lifted.length > 0;
  },

  /** Those in force, the oldest first. */
  async of(em: EntityManager, tenantId: string): Promise<Suspension[]> {
    const rows = await em.execute<(Omit<Suspension, 'since'> & { since: string })[]>(
      'select cause, reason, since::text, by from tenant_suspension where tenant_id = ? order by since, cause',
      [tenantId],
    );
    return rows.map((row) => ({ ...row, since: new Date(row.since) }));
  },
} as const;
