import { readFileSync } from 'node:fs';

/** Prints jest's results as the line `N passed, N failed`; exits with 1 unless every suite ran, something passed and nothing failed. */
const results = read(process.argv[2]);
const passed = results?.numPassedTests ?? 0;
const failed = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 1;

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

/** Undefined when the run ended before it wrote any. @param {string} file */
function read(file) {
  const text = readFileSync(file, 'utf8');
  return text === '' ? undefined : JSON.parse(text);
}
