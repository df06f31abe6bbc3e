import type { ObjectPath } from '#workspace/objects/tenant-objects.js';

/** All files of tickets lie below this, so that other parts of the product can keep files of their own. */
const TICKET_FILES = '7469636b-6574-8000-8000-66696c657300';

/** Where the files of tickets are in a tenant's part of the object store. */
export const FILES_PLACE: readonly string[] = [TICKET_FILES];

export function placeOf(ticketId: string, attachmentId: string): ObjectPath {
  return [TICKET_FILES, ticketId, attachmentId];
}
