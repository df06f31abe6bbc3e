import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Writes for people: aligned tables, with colours only where a person looks. */
export class Page {
  constructor(private readonly stream: NodeJS.WriteStream) {}

  heading(words: string): void {
    this.stream.write(`\n${this.styled('bold', words)}\n`);
  }

  line(words: string): void {
    this.stream.write(`  ${words}\n`);
  }

  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = header.map((title, column) => Math.max(...[header, ...rows].map((row) => widthOf(row[column] ?? title))));
    const aligned = (row: readonly string[]): string =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd();
    this.line(this.styled('dim', aligned(header)));
    for (const row of rows) this.line(aligned(row));
  }

  mark(isMet: boolean): string {
    return isMet ? this.styled('green', 'ok') : this.styled('red', 'NO');
  }

  styled(style: Style, words: string): string {
    return styleText(style, words, { stream: this.stream, validateStream: true });
  }
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
