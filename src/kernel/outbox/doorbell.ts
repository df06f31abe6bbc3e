/** Tells the workers that a tenant has work. A ring may be lost: whoever works also looks by itself. */
export interface Doorbell {
  /** Never raises and never waits. With a time, the ring is heard then, if this process is still there. */
  ring(tenantId: string, at?: Date): void;
}
