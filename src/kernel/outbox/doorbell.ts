/** Tells the workers that a tenant has work. A ring may be lost: whoever works also looks by itself. */
export interface Doorbell {
  /** Never raises and never waits. */
  ring(tenantId: string): void;
}
