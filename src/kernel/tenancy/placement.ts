export const PLACEMENT_KINDS = ['row', 'schema', 'database'] as const;
/** How a tenant's rows are kept apart: rows in the shared schema, a schema of its own, or a database of its own. */
export type PlacementKind = (typeof PLACEMENT_KINDS)[number];

/** Where a tenant's rows live; `epoch` goes up with every move and every suspension, and the database refuses any other. */
export interface Placement {
  readonly kind: PlacementKind;
  readonly region: string;
  readonly cluster: string;
  readonly database: string;
  readonly schema: string;
  /** The name (never the value) of the secret that opens a database of its own. */
  readonly secret: string | null;
  readonly epoch: number;
}
