import { ErasureBook } from '#catalog/lifecycle/erasure-book.js';
import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { ErasureDesk } from '#control/lifecycle/erasure/erasure-desk.js';
import type { Platform } from '#main/platform.js';

/** Where erasures are asked for; it takes no more than the catalog. */
export function openErasureDesk({
  catalog,
  announce,
  works,
  members,
}: Pick<Platform, 'catalog' | 'announce' | 'works' | 'members'>): ErasureDesk {
  return new ErasureDesk({
    tenants: new TenantRegistry(catalog, announce),
    book: new ErasureBook(catalog, announce),
    tombstones: new Tombstones(catalog),
    ...{ works, clock: members.clock },
  });
}
