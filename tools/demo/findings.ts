/** One thing the demo expected, and whether it was so. */
export interface Finding {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly isMet: boolean;
}

/** Collects what was expected and what was found; it never throws, so that everything is shown. */
export class Findings {
  readonly all: Finding[] = [];

  expect(what: string, found: string, ...expected: readonly string[]): void {
    this.all.push({ what, expected: [...new Set(expected)].join(' or '), found, isMet: expected.includes(found) });
  }

  get areMet(): boolean {
    return this.all.every(({ isMet }) => isMet);
  }
}
