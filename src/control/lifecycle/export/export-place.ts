import type { ObjectPath } from '#workspace/objects/tenant-objects.js';

/** Exports lie below this in a tenant's part of the object store; an export does not take the ones before it along. */
export const EXPORT_PLACE = '6578706f-7274-8000-8000-657870727473';

/** Where an export is. */
export function placeOfExport(id: string): ObjectPath {
  return [EXPORT_PLACE, id];
}
