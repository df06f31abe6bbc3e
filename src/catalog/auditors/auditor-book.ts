import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { AuditorRecord } from '#catalog/auditors/auditor.record.js';

/** An auditor as operators see one. */
export interface AuditorCard {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string;
  readonly role: string;
  readonly reason: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** Who is to be let in. */
export type AuditorWish = Omit<AuditorCard, 'id' | 'revokedAt'>;

/** Who was ever given a login to look at a tenant's rows, kept with the platform's record of it, which names nobody: it is never cut. */
export class AuditorBook {
  constructor(
    private readonly catalog: MikroORM,
    private readonly audit = new PlatformAudit(catalog),
  ) {}

  /** With what `also` keeps in the same transaction, or nothing is. */
  async enter({ role, ...wish }: AuditorWish, also: (em: EntityManager, id: string) => Promise<unknown>): Promise<AuditorCard> {
    return this.catalog.em.fork().transactional(async (em) => {
      const made = em.create(AuditorRecord, { ...wish, roleName: role });
      await em.flush();
      await also(em, made.id);
      const details = { expiresAt: wish.expiresAt.toISOString() };
      await this.audit.record(em, { action: 'tenant.grant-auditor', targets: targetsOf(made), details });
      return cardOf(made);
    });
  }

  /** Newest first, those whose time is over too. */
  async list(tenantId: string): Promise<AuditorCard[]> {
    const records = await this.catalog.em.fork().find(AuditorRecord, { tenantId }, { orderBy: { id: 'desc' } });
    return records.map(cardOf);
  }

  async find(id: string): Promise<AuditorCard | null> {
    const record = await this.catalog.em.fork().findOne(AuditorRecord, { id });
    return record && cardOf(record);
  }

  /** Those not yet ended whose time was over at `at`, the longest over first; at most `limit`. */
  async overdue(at: Date, limit: number): Promise<AuditorCard[]> {
    const due = { expiresAt: { $lte: at }, revokedAt: null };
    const records = await this.catalog.em.fork().find(AuditorRecord, due, { orderBy: { expiresAt: 'asc' }, limit });
    return records.map(cardOf);
  }

  /** Says that the login is gone since `at`. Whether it was not said before. */
  async close({ id }: Pick<AuditorCard, 'id'>, at: Date): Promise<boolean> {
    return this.catalog.em.fork().transactional(async (em) => {
      const changed = await em.nativeUpdate(AuditorRecord, { id, revokedAt: null }, { revokedAt: at });
      if (changed === 0) return false;
      const record = await em.findOneOrFail(AuditorRecord, { id });
      const details = { expiresAt: record.expiresAt.toISOString() };
      await this.audit.record(em, { action: 'tenant.revoke-auditor', targets: targetsOf(record), details });
      return true;
    });
  }
}

function targetsOf({ id, tenantId }: AuditorRecord): { readonly type: string; readonly id: string }[] {
  return [tenantTarget(tenantId), { type: 'auditor', id }];
}

function cardOf({ id, tenantId, email, roleName, reason, expiresAt, createdAt, revokedAt = null }: AuditorRecord): AuditorCard {
  return { id, tenantId, email, role: roleName, reason, expiresAt, createdAt, revokedAt };
}
