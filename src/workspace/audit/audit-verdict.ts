/**
 * What can be wrong with a chain: `altered` (an event's content), `swapped` (it was sealed at place `other`), `copied` (it was sealed in the
 * chain `origin`), `deleted` (`seq` to `until` are gone), `broken-link` (it hangs on another event than the one before it), `truncated` (the
 * end, from `seq` on, is gone), `head-forged` (the record of where it ends is wrong or gone), `rewritten` (an event that the platform signed
 * for is another now), `anchor-forged` (the platform never signed this), `cut-forged` (its beginning is gone, and not by the retention).
 */
export type ProblemKind =
  'altered' | 'swapped' | 'copied' | 'deleted' | 'broken-link' | 'truncated' | 'head-forged' | 'rewritten' | 'anchor-forged' | 'cut-forged';

export interface ChainProblem {
  readonly seq: number;
  readonly kind: ProblemKind;
  /** The last place of a range. */
  readonly until?: number;
  readonly other?: number;
  readonly origin?: string;
}

/** What a look through a chain found. */
export interface AuditVerdict {
  readonly chain: string;
  readonly valid: boolean;
  /** How many events were looked at. */
  readonly checked: number;
  /** The first of them, in the order of their places; there may be more. */
  readonly problems: readonly ChainProblem[];
  /** The newest place the platform has signed for that still fits; 0 when there is none. */
  readonly anchoredUpTo: number;
  /** Where to go on, when there was more than was to be looked at; null at the end, and only there it is known whether the end is whole. */
  readonly nextSeq: number | null;
}
