import { join } from 'node:path';
import { projectFolder } from '#main/project-folder.js';
import { readOptions } from '#tools/bench/bench-options.js';
import { closeBenchWorld, openBenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { crowdCase } from '#tools/bench/cases/crowd.case.js';
import { fleetCase } from '#tools/bench/cases/fleet.case.js';
import { httpCase } from '#tools/bench/cases/http.case.js';
import { notificationsCase } from '#tools/bench/cases/notifications.case.js';
import { onboardingCase } from '#tools/bench/cases/onboarding.case.js';
import { ormCase } from '#tools/bench/cases/orm.case.js';
import { outboxCase } from '#tools/bench/cases/outbox.case.js';
import { planningCase } from '#tools/bench/cases/planning.case.js';
import { prologueCase } from '#tools/bench/cases/prologue.case.js';
import { provisioningCase } from '#tools/bench/cases/provisioning.case.js';
import { insertCase, readCase } from '#tools/bench/cases/statement.case.js';
import { ticketsCase } from '#tools/bench/cases/tickets.case.js';
import { webhooksCase } from '#tools/bench/cases/webhooks.case.js';
import { wireCase } from '#tools/bench/cases/wire.case.js';
import { printGoals } from '#tools/bench/goals.js';
import { ResultBook } from '#tools/bench/result-book.js';

const CASES: readonly BenchCase[] = [
  wireCase,
  readCase,
  insertCase,
  ormCase,
  outboxCase,
  prologueCase,
  planningCase,
  httpCase,
  notificationsCase,
  provisioningCase,
  onboardingCase,
  ticketsCase,
  webhooksCase,
  fleetCase,
  crowdCase,
];

/** What was measured before a wrong answer or a round trip too many is kept; the run fails all the same. */
async function bench(): Promise<void> {
  const options = readOptions(
    process.argv.slice(2),
    CASES.map(({ name }) => name),
  );
  const book = new ResultBook();
  const world = await openBenchWorld(options, book);
  try {
    for (const one of CASES) if (options.only.length === 0 || options.only.includes(one.name)) await one.run(world);
    printGoals(book);
  } finally {
    const file = join(projectFolder(), 'bench/results.json');
    await book.save(file);
    process.stdout.write(`\nWritten to ${file}.\n`);
    await closeBenchWorld(world);
  }
}

try {
  await bench();
} catch (error) {
  process.stderr.write(`${error instanceof TypeError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message)}\n`);
  // Something a failed case left open must not keep the run from ending.
  process.exit(1);
}
