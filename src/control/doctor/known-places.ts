/** A cluster as checks name it. */
export interface ClusterEntry {
  readonly name: string;
  readonly region: string;
}

/** A place that is somebody's, or kept ready for somebody. */
export interface KnownPlace {
  /** Null while nobody was given it. */
  readonly tenantId: string | null;
  readonly cluster: string;
  /** What is its tenant's alone, by name; null when it shares it. */
  readonly ownSchema: string | null;
  readonly ownDatabase: string | null;
  readonly secret: string | null;
  /** Whether its tenant is just being made or erased, so that some of it is not there. */
  readonly isInFlux: boolean;
}
