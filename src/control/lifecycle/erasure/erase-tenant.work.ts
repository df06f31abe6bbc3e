import { z } from 'zod';
import { LegalHoldError, RetentionNotOverError, TenantNotCancelledError } from '#catalog/lifecycle/erasure.errors.js';
import type { WorkPlan } from '#catalog/work/work-book.js';
import type { EmptiedStore, ErasureOrder, TenantEraser } from '#control/lifecycle/erasure/tenant-eraser.js';
import { hopelessOn, tenantOfWork, type WorkKind, type WorkStep, type WorkTry } from '#control/work/work-kind.js';
import { PLACEMENT_KINDS } from '#kernel/tenancy/placement.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';

/** The stores by their names, in the order in which they are emptied. */
const STORES = ['queue', 'postgresql', 'object-store', 'key-vault', 'billing', 'redis'] as const;
const HOUR_MS = 3_600_000;
/** For good: whoever still wants it asks anew. */
const REFUSALS = [LegalHoldError, RetentionNotOverError, TenantNotCancelledError, TenantUnknownError];
/** Two days of a store that is away; then somebody has to look. */
const ATTEMPTS = 60;

/** For who asks: `input` is an EraseInput, `tenantId` the tenant's, `key` its id. */
export const ERASE_TENANT: WorkPlan = {
  name: 'lifecycle.erase',
  steps: ['begin', ...STORES.map((store) => `empty ${store}`), 'finish'].map((name) => ({ name })),
};

/** Who wants it, why, and for which cancellation before its retention is over. */
export interface EraseInput {
  readonly requestedBy: string;
  readonly reason: string;
  readonly earlyFor: ErasureOrder['earlyFor'];
}

const Doomed = z.strictObject({
  id: z.uuid(),
  slug: z.string(),
  placement: z.object({
    kind: z.enum(PLACEMENT_KINDS),
    ...{ region: z.string(), cluster: z.string(), database: z.string(), schema: z.string() },
    ...{ secret: z.string().nullable(), epoch: z.int() },
  }),
  cancelledAt: z.coerce.date(),
});

/**
 * Erases a tenant step by step. What is refused is over, and nobody's to repeat; once begun, nothing is taken back, and it is gone on with until
 * it is done or somebody has to look.
 */
export function eraseTenant(eraser: TenantEraser): WorkKind<EraseInput> {
  const orderOf = (input: EraseInput, work: WorkTry): ErasureOrder => ({ ...input, tenantId: tenantOfWork(work) });
  const empty = (store: (typeof STORES)[number]): WorkStep<EraseInput> => ({
    name: `empty ${store}`,
    run: async (_input, { done }) => eraser.empty(store, Doomed.parse(done['begin'])),
  });
  return {
    name: ERASE_TENANT.name,
    pivot: 'begin',
    attempts: ATTEMPTS,
    timeoutMs: 10 * 60_000,
    againAfterMs: (failures) => Math.min(1_000 * 2 ** failures, HOUR_MS),
    steps: [
      // One that was refused has begun nothing.
      { name: 'begin', run: (input, work) => hopelessOn(eraser.begin(orderOf(input, work)), ...REFUSALS), undo: () => Promise.resolve() },
      ...STORES.map(empty),
      {
        name: 'finish',
        run: async (input, work) => {
          const emptied = STORES.map((store) => work.done[`empty ${store}`] as EmptiedStore);
          const { id } = await eraser.conclude(orderOf(input, work), () => [Doomed.parse(work.done['begin']), emptied]);
          return { certificateId: id };
        },
      },
    ],
  };
}
