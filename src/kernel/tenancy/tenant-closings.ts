import type { AppError } from '#kernel/errors/app-error.js';
import type { InvalidationChannel } from '#kernel/tenancy/invalidation-channel.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import { TenantMovingError } from '#kernel/tenancy/tenant.errors.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const LOOK_EVERY_MS = 1_000;

/**
 * What is done when a tenant is closed while something is held for it: `why` is the error of its new status, or TenantMovingError when it is
 * as active as before and has a new epoch. It may be told again, and must not raise.
 */
export type Close = (why: AppError) => void;

interface Held {
  readonly epoch: number;
  readonly close: Close;
}

/** Ends what this process holds for a tenant (transactions, jobs, requests) when the tenant is suspended, cancelled or moved. */
export class TenantClosings {
  readonly #held = new Map<string, Set<Held>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly directory: Pick<TenantDirectory, 'byId'>,
    private readonly channel?: InvalidationChannel,
  ) {}

  /** Begins to hear, after the caches that were told to listen before; what is not heard is seen by looking once a second. */
  start(): void {
    this.channel?.listen({
      changed: (tenantId) => void this.#look(tenantId),
      missed: () => this.#lookAtAll(),
    });
    this.#timer = TenantScope.leave(() => setInterval(() => this.#lookAtAll(), LOOK_EVERY_MS).unref());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Something is held for this tenant, as it is known here, until what is returned is called. */
  hold({ id, placement: { epoch } }: Tenant, close: Close): () => void {
    const one: Held = { epoch, close };
    let all = this.#held.get(id);
    if (!all) this.#held.set(id, (all = new Set()));
    all.add(one);
    return () => {
      const rest = this.#held.get(id);
      if (rest?.delete(one) && rest.size === 0) this.#held.delete(id);
    };
  }

  #lookAtAll(): void {
    for (const tenantId of this.#held.keys()) void this.#look(tenantId);
  }

  async #look(tenantId: string): Promise<void> {
    if (!this.#held.has(tenantId)) return;
    try {
      const tenant = await this.directory.byId(tenantId);
      const why = closedBy(tenant);
      for (const { epoch, close } of this.#held.get(tenantId) ?? [])
        if (why) close(why);
        else if (tenant && epoch < tenant.placement.epoch) close(new TenantMovingError());
    } catch {
      // The records cannot be read: the fence refuses what is sent meanwhile, and the next look asks again.
    }
  }
}

function closedBy(tenant: Tenant | null): AppError | null {
  try {
    requireActive(tenant);
    return null;
  } catch (error) {
    return error as AppError;
  }
}
