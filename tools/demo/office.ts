import type { Customer } from '#tools/demo/customer.js';
import type { Door } from '#tools/demo/door.js';
import type { BrowserSession, MachineSession, Person } from '#tools/demo/person.js';

/** Somebody at work: who they are, and the session they work with. */
export interface Colleague extends Person {
  readonly id: string;
  readonly session: MachineSession;
}

/** The people of one tenant. */
export interface Office {
  readonly customer: Customer;
  /** The tenant's address, without a credential. */
  readonly door: Door;
  readonly owner: Colleague;
  readonly ownersBrowser: BrowserSession;
  readonly member: Colleague;
  readonly viewer: Colleague;
}

/** An office with what its people made in it. */
export interface BusyOffice extends Office {
  readonly ticketId: string;
  readonly notificationId: string;
}
