import { eventType } from '#kernel/outbox/event-type.js';

/** An owner wants to leave: the platform closes the tenant, and keeps its data until retention is over. */
export const companyCancellationRequested = eventType<{ requestedBy: string }>('company.cancellation-requested');
