/** The thing a permission is asked for or given for; without an id all or any one of the kind, as a list asks. */
export interface Resource {
  readonly kind: string;
  readonly id?: string | undefined;
}

/** An id can be written in two ways, and a refusal must not be evaded by the other one. */
export function isSameId(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}
