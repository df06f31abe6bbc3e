import type { InvalidationChannel } from '#kernel/tenancy/invalidation-channel.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TenantWatch } from '#workspace/notifications/live/tenant-watch.js';

/** Hears what the caches of this process hear, after them: by then they have forgotten what changed. */
export class ChangeWatch extends TenantWatch {
  constructor(
    private readonly directory: TenantDirectory,
    private readonly channels: readonly InvalidationChannel[],
  ) {
    super();
  }

  listen(listener: (tenantId: string | null) => void): void {
    for (const channel of this.channels) channel.listen({ changed: listener, missed: () => listener(null) });
  }

  tenant(id: string): Promise<Tenant | null> {
    return this.directory.byId(id);
  }
}
