/** What a process does when tenants changed elsewhere. */
export interface InvalidationListener {
  changed(tenantId: string): void;
  /** Changes may have been missed: everything known may be out of date. */
  missed(): void;
}

/** How processes tell each other that a tenant changed. Delivery is not certain, so listeners also let their knowledge age. */
export interface InvalidationChannel {
  /** Whether this process hears the others now. */
  readonly isUp: boolean;
  listen(listener: InvalidationListener): void;
  /** Tells every process, this one too. Never raises: what could not be told is told again later. */
  publish(tenantId: string): Promise<void>;
}
