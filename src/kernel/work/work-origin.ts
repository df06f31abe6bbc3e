import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUIDv7 } from 'node:crypto';
import type { OperatorRole } from '#kernel/plugin/platform-permission.js';
import type { Principal } from '#kernel/resolution/principal.js';
import { traceParentOf } from '#kernel/work/trace-parent.js';

/** A person who runs the platform, at the command line or at the operators' host, and why they act. */
export interface OperatorOrigin {
  /** Who it is; the command line has nobody signed in and says none. */
  readonly id?: string | undefined;
  readonly name: string;
  /** What decides on what they may. */
  readonly roles: readonly OperatorRole[];
  /** Null for who acts without having signed in. */
  readonly sessionId?: string | null | undefined;
  readonly reason?: string | undefined;
}

/** Where a piece of work comes from and for whom it is done: what audit, jobs and logs say of it. */
export interface WorkOrigin {
  readonly surface: 'http' | 'job' | 'cli' | 'system';
  /** Null when the platform itself acts. */
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly traceParent: string;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly host?: string | undefined;
  /** Who runs the platform, when one of them acts. */
  readonly operator?: OperatorOrigin | undefined;
}

const storage = new AsyncLocalStorage<WorkOrigin>();

/** The one door to "where does this work come from". Like the scope of a tenant it only ever wraps a callback. */
export const WorkOrigin = {
  run<T>(origin: WorkOrigin, work: () => T): T {
    return storage.run(origin, work);
  },

  /** The origin of the work under way; work that nobody asked for is the platform's own, with an id and a trace of its own. */
  current(): WorkOrigin {
    return storage.getStore() ?? { surface: 'system', principal: null, requestId: randomUUIDv7(), traceParent: traceParentOf(undefined) };
  },
};
