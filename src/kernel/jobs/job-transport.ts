/** One try that was given out, and all that travels of it: what it is and for whom it works is read where it is kept. */
export interface JobDelivery {
  readonly tenantId: string;
  readonly id: string;
  readonly attempt: number;
}

/** Carries tries to whoever is free, in the order they were given. It may lose and repeat them. */
export interface JobTransport {
  /** Raises within a second when they could not be handed over; then they are given out again later. */
  deliver(deliveries: readonly JobDelivery[]): Promise<void>;
}
