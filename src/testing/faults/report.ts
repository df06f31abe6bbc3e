import { writeSync } from 'node:fs';

/** Prints what was measured: on the error stream and past jest, which would put a stack beside each line. */
export function report(line: string): void {
  writeSync(2, `  faults: ${line}\n`);
}
