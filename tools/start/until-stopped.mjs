import { whenOrphaned } from './when-orphaned.mjs';

/**
 * Does the work until it ends, fails, or somebody wants it stopped (SIGINT, SIGTERM, SIGHUP, the end of npm or of the process that relays to this one).
 * Then `stop` runs to its end, and this process ends: 0 when it was told to stop, 1 after a failure, else what the work answers.
 * @param {{ work: () => Promise<number>, stop: () => Promise<void>, explain: (error: unknown) => string, codeWhenTold: number }} options
 */
export async function untilStopped({ work, stop, explain, codeWhenTold }) {
  // A reader of our output that goes away is no reason to leave servers running.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  /** @type {Promise<number>} */
  const told = new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => resolve(codeWhenTold));
    whenOrphaned(() => resolve(codeWhenTold));
    if (process.channel) process.once('disconnect', () => resolve(codeWhenTold));
  });
  /** @type {Promise<never>} */
  const broken = new Promise((_, reject) => process.on('uncaughtException', reject));
  let code = 1;
  try {
    code = await Promise.race([told, broken, work()]);
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`);
  }
  try {
    await stop();
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`);
    code = 1;
  }
  process.exit(code);
}
