import { randomUUIDv7 } from 'node:crypto';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { PlatformAct } from '#catalog/audit/platform-act.js';
import { traceIdOf } from '#kernel/work/trace-parent.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

/**
 * Puts on record what is done to the platform and its tenants, as a chain that nobody can go back in (migration 0003). One chain for all:
 * recorders take turns from here to the commit, so record last.
 */
export class PlatformAudit {
  constructor(private readonly catalog: MikroORM) {}

  /** Kept with the transaction of `em` or not at all; what it has not flushed yet is sent first. */
  async record(em: EntityManager, { action, targets, changes = [], outcome = 'success', details = {} }: PlatformAct): Promise<void> {
    const { surface, requestId, traceParent, ip, userAgent, host, operator, principal } = WorkOrigin.current();
    const actor = actorOf(operator, principal);
    await em.flush();
    await em.execute(
      `insert into platform_audit_event
         (id, action, version, actor, surface, request_id, trace_id, context, targets, changes, details, outcome, reason)
       values (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[randomUUIDv7(), action, JSON.stringify(actor), surface, requestId, traceIdOf(traceParent)],
        // Of anybody but an operator it would be a person's trace in a chain that is never cut.
        ...[operator ? { ip, userAgent, host } : {}, targets, changes, details].map((value) => JSON.stringify(value)),
        ...[outcome, operator?.reason ?? null],
      ],
    );
  }

  /** In a transaction of its own: for what leaves nothing in the catalog. */
  async recordAlone(act: PlatformAct): Promise<void> {
    await this.catalog.em.fork().transactional((em) => this.record(em, act));
  }

  /** Records the act before it is tried, and once more when it fails. */
  async around<T>(act: PlatformAct, work: () => Promise<T>): Promise<T> {
    await this.recordAlone(act);
    try {
      return await work();
    } catch (error) {
      await this.recordAlone({ ...act, outcome: 'failure' });
      throw error;
    }
  }
}

function actorOf(operator: WorkOrigin['operator'], principal: WorkOrigin['principal']): object {
  if (operator) {
    const { id = 'cli', name, sessionId } = operator;
    return { type: 'operator', id, user: name, ...(sessionId && { session: sessionId }) };
  }
  return principal ? { type: principal.kind === 'member' ? 'user' : 'api_key', id: principal.id } : { type: 'system' };
}
