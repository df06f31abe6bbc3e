import fc from 'fast-check';
import { rangeOfLabel, rangeOfWord } from './term-range.js';
import { wantedWordsOf, wordsOf } from './words.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const isIn = (word: string, { from, below }: { from: string; below: string }): boolean =>
  bytes(word).compare(bytes(from)) >= 0 && bytes(word).compare(bytes(below)) < 0;

describe('the words of a text', () => {
  it.each([
    ['Printer on the 2nd floor, again: printer!', ['printer', 'on', 'the', '2nd', 'floor', 'again']],
    ['ÉCOLE Straße İstanbul ﬁle', ['ecole', 'straße', 'istanbul', 'file']],
    ['e\u0301cole', ['ecole']],
    ['a & | ! ( " \' \\ :* <->', ['a']],
    ['会議室の予約', ['会議', '議室', '室の', 'の予', '予約', '約']],
    ['A棟3階', ['a', '棟', '3', '階']],
    ['한국어 привет', ['한국어', 'привет']],
    ['\ud800 half \udfff', ['half']],
    ['', []],
    ['!!!', []],
  ])('are, of %j, %j', (text, words) => {
    expect(wordsOf(text, 100)).toEqual(words);
  });

  it('are no more than asked for, and no longer than can be kept', () => {
    expect(wordsOf('one two three', 2)).toEqual(['one', 'two']);
    for (const word of wordsOf(`${'x'.repeat(20_000)} ${'漢字'.repeat(9_000)} ${'\u{1d49c}'.repeat(500)}`, 1_000))
      expect(bytes(word).length).toBeLessThanOrEqual(290);
  });

  it('are each in the range of each of their beginnings, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, cut) => {
        for (const word of wordsOf(text, 50)) {
          const begin = Array.from(word)
            .slice(0, 1 + (cut % word.length))
            .join('');
          expect(isIn(word, rangeOfWord(begin))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are found by the same text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, text) => {
        const kept = wordsOf(`${before} ${text}`, 1_000);
        for (const wanted of wantedWordsOf(text, 8)) expect(kept.some((word) => isIn(word, rangeOfWord(wanted)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('are no labels, and a label is no other label', () => {
    expect(isIn('#urgent', rangeOfLabel('urgent'))).toBe(true);
    for (const other of ['#urgent2', '#urgen', 'urgent', '#urgent ', '#Urgent']) expect(isIn(other, rangeOfLabel('urgent'))).toBe(false);
  });
});
