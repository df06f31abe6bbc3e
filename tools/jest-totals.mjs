/** The last line of a test run: its totals, in one line that a script can read. */
export default class JestTotals {
  /** @param {Set<unknown>} _contexts @param {import('@jest/reporters').AggregatedResult} results */
  onRunComplete(_contexts, results) {
    const seconds = ((Date.now() - results.startTime) / 1000).toFixed(1);
    const skipped = results.numPendingTests + results.numTodoTests;
    const broken = results.numRuntimeErrorTestSuites;
    process.stderr.write(
      `\ntotals: ${results.numPassedTests} passed, ${results.numFailedTests} failed, ${skipped} skipped, ` +
        `${broken} suites that did not run, ${results.numTotalTestSuites} suites, ${seconds} s\n`,
    );
  }
}
