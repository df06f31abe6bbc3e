import { randomBytes } from 'node:crypto';
import type { AuditorBook, AuditorCard } from '#catalog/auditors/auditor-book.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import {
  AuditedTenantClosedError,
  AuditorExpiryRefusedError,
  AuditorLoginFailedError,
  AuditorNotDueError,
  AuditorNotFoundError,
} from '#control/auditors/auditor.errors.js';
import type { AuditorLogins } from '#control/auditors/auditor-logins.js';
import { REVOKE_AUDITOR } from '#control/auditors/end-auditors.work.js';
import { AUDITOR_ACTIONS } from '#control/auditors/auditors.audit.js';
import type { AuditAction } from '#kernel/plugin/audit-action.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Clock } from '#kernel/work/clock.js';
import type { AuditTrail } from '#workspace/audit/audit-trail.js';

const DAY_MS = 86_400_000;
const MOST_DAYS = 90;
const MOST_AT_ONCE = 1_000;

/** Whom an operator lets in, until when and why. */
export interface AuditorRequest {
  readonly email: string;
  readonly expiresAt: Date;
  readonly reason: string;
}

/** What the desk works with. */
export interface AuditorDeskParts {
  readonly tenants: Pick<TenantRegistry, 'get'>;
  readonly book: AuditorBook;
  readonly logins: AuditorLogins;
  /** Where the end is asked for when it begins. */
  readonly works: Pick<WorkBook, 'enqueue'>;
  readonly trail: AuditTrail;
  readonly clock: Clock;
}

/** Lets somebody from outside look at one tenant's rows for a time, and ends it; both are on the platform's record and on the tenant's own. */
export class AuditorDesk {
  constructor(private readonly parts: AuditorDeskParts) {}

  /**
   * The connection string is given this once. Raises TenantUnknownError, AuditedTenantClosedError, AuditorExpiryRefusedError or
   * AuditorLoginFailedError, after which nothing of the login is left, or what is left ends at its time.
   */
  async grant(idOrSlug: string, { email, expiresAt, reason }: AuditorRequest): Promise<AuditorCard & { readonly url: string }> {
    const { tenants, book, logins, works, clock } = this.parts;
    const tenant = await tenants.get(idOrSlug);
    if (tenant.status !== 'active') throw new AuditedTenantClosedError(tenant.status);
    const createdAt = clock.now();
    const left = expiresAt.getTime() - createdAt.getTime();
    if (!(left > 0 && left <= MOST_DAYS * DAY_MS)) throw new AuditorExpiryRefusedError(MOST_DAYS);
    const role = `tenantry_a_${randomBytes(10).toString('hex')}`;
    // First what says that it is there: a crash leaves a login that is known and ends, never one that nobody knows of.
    const card = await book.enter({ tenantId: tenant.id, email, role, reason, expiresAt, createdAt }, (em, auditorId) =>
      works.enqueue(em, { kind: REVOKE_AUDITOR, input: { auditorId }, tenantId: tenant.id, dueAt: expiresAt }),
    );
    try {
      const url = await logins.open(tenant, card);
      await this.#note(tenant, AUDITOR_ACTIONS.granted, card);
      return { ...card, url };
    } catch (error) {
      await this.#end(tenant, card).catch(() => undefined);
      throw new AuditorLoginFailedError({ cause: error });
    }
  }

  /** Newest first. Raises TenantUnknownError. */
  async list(idOrSlug: string): Promise<AuditorCard[]> {
    return this.parts.book.list((await this.parts.tenants.get(idOrSlug)).id);
  }

  /** Ends the login and its open sessions; repeating it changes nothing. Raises TenantUnknownError, AuditorNotFoundError or AuditorLoginFailedError. */
  async revoke(idOrSlug: string, auditorId: string): Promise<void> {
    const tenant = await this.parts.tenants.get(idOrSlug);
    const card = await this.parts.book.find(auditorId);
    if (card?.tenantId !== tenant.id) throw new AuditorNotFoundError(auditorId);
    if (card.revokedAt !== null) return;
    await this.#end(tenant, card).catch((error: unknown) => {
      throw new AuditorLoginFailedError({ cause: error });
    });
  }

  /** Ends one whose time is over; nothing happens when it is ended or its tenant is gone. Raises AuditorNotDueError and what the database raises. */
  async expire(auditorId: string): Promise<void> {
    const card = await this.parts.book.find(auditorId);
    if (!card || card.revokedAt !== null) return;
    if (card.expiresAt > this.parts.clock.now()) throw new AuditorNotDueError(auditorId);
    await this.#end(await this.parts.tenants.get(card.tenantId), card);
  }

  /** All whose time is over; one that cannot be ended stops none of the others. Raises AuditorLoginFailedError then. */
  async expireAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const { id } of await this.parts.book.overdue(this.parts.clock.now(), MOST_AT_ONCE))
      await this.expire(id).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AuditorLoginFailedError({ cause: new AggregateError(failures) });
  }

  /** The record last, so that what is said to be over is over. */
  async #end(tenant: Tenant, card: AuditorCard): Promise<void> {
    const { book, logins, clock } = this.parts;
    await logins.close(tenant, card.role);
    await this.#note(tenant, AUDITOR_ACTIONS.revoked, card);
    await book.close(card, clock.now());
  }

  /** A tenant that is closed has no record that could be written; the platform's has it. */
  async #note(tenant: Tenant, { name: action }: AuditAction, { id, email, role, expiresAt }: AuditorCard): Promise<void> {
    if (tenant.status !== 'active') return;
    const entry = { action, targets: [{ type: 'auditor', id }], details: { email, role, expiresAt: expiresAt.toISOString() } };
    await TenantScope.run(tenant, () => this.parts.trail.recordAlone(entry));
  }
}
