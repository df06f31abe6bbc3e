/** Prints one JSON document, or lines for people. Nothing else ever writes to standard output. */
export class Output {
  constructor(readonly json: boolean) {}

  document(value: unknown, lines: () => readonly string[]): void {
    process.stdout.write(this.json ? `${JSON.stringify(value)}\n` : `${lines().join('\n')}\n`);
  }

  /** One JSON document a line, whatever the flag says. */
  line(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** For people, beside the result. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }
}
