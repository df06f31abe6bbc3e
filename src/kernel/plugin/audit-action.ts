/** A schema of the Standard Schema kind (zod's are), which says what an entry's details hold. */
export interface DetailsSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => ValidationResult | Promise<ValidationResult>;
  };
}

interface ValidationResult {
  readonly issues?: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] | undefined;
}

/** Something that is put on record when it is done or refused. What is not declared is still kept, as a violation. */
export interface AuditAction {
  /** `area.verb`; kept in the record for ever, so it never changes. */
  readonly name: `${string}.${string}`;
  /** Goes up when the details change their meaning. */
  readonly version: number;
  /** Strict, so that nothing is put on record unseen; without one the action has no details. */
  readonly details: DetailsSchema | null;
}

/** Declares an action; parts of the product list theirs as `auditActions` of their Plugin. */
export function auditAction(name: AuditAction['name'], details: DetailsSchema | null = null, version = 1): AuditAction {
  return Object.freeze({ name, version, details });
}
