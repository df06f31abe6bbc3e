import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { PlatformAudit } from '#catalog/audit/platform-audit.js';
import type { PlatformPermission } from '#kernel/plugin/platform-permission.js';
import type { OperatorOrigin } from '#kernel/work/work-origin.js';

const AGAIN_AFTER_MS = 60_000;
const KEPT_AT_MOST = 1_000;

/** Puts refusals of a high risk to operators on record, of one permission to one operator no more than one a minute. It never raises: a refusal stays one. */
export class OperatorDenials {
  readonly #lately = new LRUCache<string, true>({ max: KEPT_AT_MOST, ttl: AGAIN_AFTER_MS });

  constructor(
    private readonly audit: PlatformAudit,
    private readonly log: Logger,
  ) {}

  async record({ id = '' }: OperatorOrigin, { name, risk }: PlatformPermission): Promise<void> {
    const once = `${id}/${name}`;
    if (risk !== 'high' || this.#lately.has(once)) return;
    this.#lately.set(once, true);
    try {
      await this.audit.recordAlone({ action: 'operator.denied', targets: [], outcome: 'denied', details: { permission: name } });
    } catch (error) {
      this.log.warn({ err: error, permission: name }, 'a refusal could not be put on record');
    }
  }
}
