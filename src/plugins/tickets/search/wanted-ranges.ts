import { rangeOfLabel, rangeOfWord, type TermRange } from './term-range.js';
import { wantedWordsOf } from './words.js';

/** More words than that choose out hardly anything more. */
const WORDS_AT_MOST = 8;

/** What a ticket must have a term in each of, what is likely the rarest first; none when there is neither a label nor a word to look for. */
export function wantedRanges({ q = '', label }: { readonly q?: string | undefined; readonly label?: string | undefined }): TermRange[] {
  const ranges = [...(label === undefined ? [] : [rangeOfLabel(label)]), ...wantedWordsOf(q, WORDS_AT_MOST).map(rangeOfWord)];
  return ranges.sort((one, other) => other.from.length - one.from.length);
}
