import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUIDv7 } from 'node:crypto';
import type { Principal } from '#kernel/resolution/principal.js';
import { traceParentOf } from '#kernel/work/trace-parent.js';

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
  /** The person at the operators' command line, and why they act. */
  readonly operator?: { readonly name: string; readonly reason?: string | undefined } | undefined;
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
