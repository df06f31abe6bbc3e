import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Permission } from '#kernel/plugin/permission.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { Decision } from '#workspace/access/decision.js';
import type { Resource } from '#workspace/access/resource.js';
import type { AuditTrail } from '#workspace/audit/audit-trail.js';

const AGAIN_AFTER_MS = 60_000;
const KEPT_AT_MOST = 10_000;

/**
 * Puts refusals of a high risk on record: of the same permission to the same one no more than one a minute, so that nobody can fill the
 * record by asking. It never raises: a refusal stays a refusal when it cannot be recorded, and that is logged.
 */
export class AccessDenials {
  readonly #lately = new LRUCache<string, true>({ max: KEPT_AT_MOST, ttl: AGAIN_AFTER_MS });

  constructor(
    private readonly audit: AuditTrail,
    private readonly log: Logger,
  ) {}

  async record({ rule, reason }: Decision, { name, risk }: Permission, resource: Resource | undefined): Promise<void> {
    const { principal } = WorkOrigin.current();
    const once = `${principal?.tenantId ?? ''}/${principal?.id ?? ''}/${name}`;
    if (risk !== 'high' || this.#lately.has(once)) return;
    this.#lately.set(once, true);
    const targets = resource?.id ? [{ type: resource.kind, id: resource.id }] : [];
    try {
      await this.audit.recordAlone({ action: 'access.denied', targets, outcome: 'denied', reason, details: { permission: name, rule } });
    } catch (error) {
      this.log.warn({ err: error, permission: name }, 'a refusal could not be put on record');
    }
  }
}
