import type { DoomedTenant } from '#catalog/lifecycle/erasure-book.js';
import { LegalHoldError, RetentionNotOverError, TenantNotCancelledError } from '#catalog/lifecycle/erasure.errors.js';
import type { EmptiedStore, ErasureOrder, TenantEraser } from '#control/lifecycle/erasure/tenant-eraser.js';
import type { WorkKind, WorkStep, WorkTry } from '#control/work/work-kind.js';
import { AppError } from '#kernel/errors/app-error.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';

/** Somebody was first: it is not to be erased any more, or it is gone. The order is over then, and may be given again. */
const OVERTAKEN = [TenantUnknownError, TenantNotCancelledError, RetentionNotOverError, LegalHoldError];

interface Begun {
  readonly refused?: string;
  readonly doomed?: Omit<DoomedTenant, 'cancelledAt'> & { readonly cancelledAt: string };
}

/** The erasure as a work of the platform, one store a step: it goes on where it was when its process is killed, and is never taken back. */
export function eraseWork(eraser: TenantEraser): WorkKind<ErasureOrder> {
  const begin: WorkStep<ErasureOrder> = {
    name: 'begin',
    run: async (order): Promise<Begun> => {
      try {
        const doomed = await eraser.begin(order);
        return { doomed: { ...doomed, cancelledAt: doomed.cancelledAt.toISOString() } };
      } catch (error) {
        if (error instanceof AppError && OVERTAKEN.some((kind) => error instanceof kind)) return { refused: error.code };
        throw error;
      }
    },
  };
  const empty = (store: string): WorkStep<ErasureOrder> => ({
    name: stepOf(store),
    run: async (_order, work) => {
      const doomed = doomedOf(work);
      return doomed ? { ...(await eraser.empty(store, doomed)) } : undefined;
    },
  });
  const finish: WorkStep<ErasureOrder> = {
    name: 'finish',
    run: async (order, work) => {
      const doomed = doomedOf(work);
      if (!doomed) return;
      const emptied = eraser.storeNames.map((store) => work.done[stepOf(store)] as EmptiedStore);
      return { certificate: (await eraser.finish(order, doomed, emptied)).id };
    },
  };
  return { name: 'lifecycle.erase', steps: [begin, ...eraser.storeNames.map(empty), finish], timeoutMs: 1_800_000 };
}

function stepOf(store: string): string {
  return `empty ${store}`;
}

function doomedOf({ done }: WorkTry): DoomedTenant | null {
  const { doomed } = (done['begin'] ?? {}) as Begun;
  return doomed ? { ...doomed, cancelledAt: new Date(doomed.cancelledAt) } : null;
}
