import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';
import type { ObjectTraces } from '#workspace/objects/object-store.js';
import { tenantPrefix } from '#workspace/objects/tenant-objects.js';

/** The files of a tenant: everything below its prefix, whatever put it there. */
export class ObjectTenantStore implements TenantStore {
  readonly name = 'object-store';

  constructor(private readonly objects: ObjectTraces) {}

  async search({ id }: ErasedTenant): Promise<StoreFinding[]> {
    const count = await this.objects.countBelow(tenantPrefix(id));
    return count > 0 ? [{ kind: 'objects', count }] : [];
  }

  async erase({ id }: ErasedTenant): Promise<void> {
    await this.objects.purge(tenantPrefix(id));
  }
}
