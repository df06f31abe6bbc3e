import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { LocalRateLimiter } from '#kernel/limits/local-rate-limiter.js';
import type { ForeignCredentialError } from '#kernel/resolution/access.errors.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { AuditTrail } from '#workspace/audit/audit-trail.js';
import { originOf } from '#main/http/request-origin.js';

/** So many a minute of one tenant; a flood is told of by its beginning. */
const RATE = { limit: 10, windowSeconds: 60 };

/** Puts on a tenant's record that a credential of another tenant was tried at its host. */
export class ForeignCredentialRecord {
  readonly #limiter = new LocalRateLimiter();

  constructor(
    private readonly audit: AuditTrail,
    private readonly log: Logger,
  ) {}

  /** Nobody waits for it, or the time of an answer would tell that the credential is good elsewhere. Never raises. */
  note({ tenant, kind }: ForeignCredentialError, request: FastifyRequest): void {
    const origin = originOf(request, { tenant, principal: null });
    const entry = { action: 'access.foreign-credential', targets: [], outcome: 'denied', details: { kind } } as const;
    const record = async (): Promise<void> => {
      const { allowed } = await this.#limiter.hit(tenant.id, RATE);
      if (allowed) await TenantScope.run(tenant, () => WorkOrigin.run(origin, () => this.audit.recordAlone(entry)));
    };
    record().catch((error: unknown) => {
      this.log.warn(
        { tenantId: tenant.id, reason: error instanceof Error ? error.name : 'unknown' },
        'a foreign credential is not on record',
      );
    });
  }
}
