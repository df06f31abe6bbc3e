const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Written without spaces between words, so each of their words may begin anywhere. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;
const ACCENTS = /[\u0300-\u036f]/g;
/** In characters; what two words have in common beyond it does not tell them apart. */
const LONGEST = 48;

/**
 * The words of a text as they are kept and looked for: each once, in their order, without case, accents and the ways Unicode has to write the
 * same. Scripts without spaces give their pairs of neighbours instead. Any text is fine, also halves of characters.
 */
export function wordsOf(text: string, atMost: number): string[] {
  return found(text, atMost, (run) => [...pairsOf(run), run.at(-1) ?? '']);
}

/** The words to look for: every one must begin a word of what is found. */
export function wantedWordsOf(text: string, atMost: number): string[] {
  return found(text, atMost, (run) => (run.length > 1 ? pairsOf(run) : run));
}

function found(text: string, atMost: number, unspaced: (run: string[]) => string[]): string[] {
  const words = new Set<string>();
  for (const [run] of plain(text).matchAll(WORD)) {
    for (const word of splitUnspaced(run, unspaced)) {
      words.add(word);
      if (words.size >= atMost) return [...words];
    }
  }
  return [...words];
}

function splitUnspaced(run: string, unspaced: (run: string[]) => string[]): string[] {
  const words: string[] = [];
  let at = 0;
  for (const { 0: part, index } of run.matchAll(UNSPACED)) {
    if (index > at) words.push(shortened(run.slice(at, index)));
    words.push(...unspaced(Array.from(part)));
    at = index + part.length;
  }
  if (at < run.length) words.push(shortened(run.slice(at)));
  return words;
}

function pairsOf(run: readonly string[]): string[] {
  return run.slice(1).map((character, index) => `${run[index] ?? ''}${character}`);
}

function shortened(word: string): string {
  return word.length <= LONGEST ? word : Array.from(word).slice(0, LONGEST).join('');
}

// Lower case both before and after: taking apart can give capitals, and lower case can give accents.
function plain(text: string): string {
  return text.toWellFormed().toLowerCase().normalize('NFKD').toLowerCase().replace(ACCENTS, '').normalize('NFC');
}
