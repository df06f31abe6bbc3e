/** Terms from one on, up to and without another, in the order of their bytes. */
export interface TermRange {
  readonly from: string;
  readonly below: string;
}

/** After every word that begins with the one before it: no word holds it. */
const LAST_CHARACTER = '\u{10ffff}';
/** The least there is after NUL, which no text holds. */
const LEAST_CHARACTER = '\u0001';

export function termOfLabel(label: string): string {
  return `#${label}`;
}

export function rangeOfLabel(label: string): TermRange {
  const term = termOfLabel(label);
  return { from: term, below: term + LEAST_CHARACTER };
}

/** Whether a range is that of one label. */
export function isOfLabel({ from }: TermRange): boolean {
  return from.startsWith(termOfLabel(''));
}

/** All words that begin with this one. */
export function rangeOfWord(word: string): TermRange {
  return { from: word, below: word + LAST_CHARACTER };
}
