/** Something that is not as it should be. */
export interface Finding {
  /** What it is about, by its name where it lies; the same at every look. */
  readonly subject: string;
  readonly problem: string;
  /** Puts it right; may be repeated. Null when a person must. */
  readonly mend: (() => Promise<unknown>) | null;
  /** Whether it may be somebody's who is just being made or taken away, so that it is left alone while it is young. */
  readonly mayBeYoung: boolean;
}

/** One thing that is looked at. */
export interface Check {
  readonly name: string;
  /** Raises when it, or a part of it, cannot be looked at. */
  look(): Promise<readonly Finding[]>;
}
