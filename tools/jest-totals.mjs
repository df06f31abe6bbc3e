import { writeSync } from 'node:fs';

/** The last line of a test run: its totals, in one line that a script can read. */
export default class JestTotals {
  /** @param {Set<unknown>} _contexts @param {import('@jest/reporters').AggregatedResult} results */
  onRunComplete(_contexts, results) {
    const seconds = ((Date.now() - results.startTime) / 1000).toFixed(1);
    const skipped = results.numPendingTests + results.numTodoTests;
    const line =
      `totals: ${results.numPassedTests} passed, ${results.numFailedTests} failed, ${skipped} skipped, ` +
      `${results.numTotalTestSuites} suites (${results.numRuntimeErrorTestSuites} did not run), ${seconds} s`;
    // Jest adds its own summary after every other reporter, so the last word is only to be had at the end of the process.
    process.once('exit', () => void writeSync(2, `\n${line}\n`));
  }
}
