import { type Command, Option } from 'commander';
import { LISTED_TARGETS, type RunReport } from '#catalog/fleet/migration-run.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { GONE } from '#catalog/fleet/record-outcomes.js';
import { RUN_DEFAULTS, type BegunRun } from '#control/fleet/fleet-desk.js';
import { driftBefore } from '#main/cli/drift-report.js';
import { filtered, filterOf, unknownIsUsage, type FilterOptions } from '#main/cli/fleet-filter.js';
import { printPlan } from '#main/cli/fleet-plan-print.js';
import { InterruptedError, interruptible } from '#main/cli/interruptible.js';
import type { Output } from '#main/cli/output.js';
import { RunProgress } from '#main/cli/run-progress.js';
import { failuresText, wishOf, type WishOptions } from '#main/cli/run-wish.js';
import type { Session } from '#main/cli/session.js';
import { UsageError } from '#main/cli/usage-error.js';
import { driveRun } from '#main/fleet-driver.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';

interface MigrateOptions extends FilterOptions, WishOptions {
  readonly dryRun?: boolean;
  readonly resume?: boolean;
}

/** A run that is resumed is what it was begun as. */
const NOT_WITH_RESUME = ['dryRun', 'canary', 'concurrency', 'maxFailures', 'lockTimeout', 'tier', 'region'];

/** `fleet migrate`: exit code 1 when a home was not brought to the run's version or, before a dry run, has drifted, 130 when it was left to go on without this process. */
export function addMigrateCommand(fleet: Command, session: Session): void {
  const { canary, concurrency, maxFailures, lockTimeoutMs } = RUN_DEFAULTS;
  filtered(fleet.command('migrate').description('bring every home that is behind to the newest migration'))
    .option('--dry-run', 'print what would be done, in its order, what has drifted already, and the SQL; nothing is changed')
    .option('--canary <homes>', 'so many homes of each tier go first, alone', String(canary))
    .option('--concurrency <homes>', 'so many homes of one server at once', String(concurrency))
    .option('--max-failures <n or n%>', 'stop when more have failed', failuresText(maxFailures))
    .option('--lock-timeout <ms>', 'how long a statement waits for a lock before its home is tried again later', String(lockTimeoutMs))
    .addOption(
      new Option('--resume', 'go on with the last run as it was begun; what failed is tried again, or only --tenant').conflicts(
        NOT_WITH_RESUME,
      ),
    )
    .action((options: MigrateOptions) =>
      session.provisioned(({ platform, provisioning, output }) => migrate(platform, provisioning, output, options).catch(unknownIsUsage)),
    );
}

async function migrate(platform: Platform, provisioning: Provisioning, output: Output, options: MigrateOptions): Promise<void> {
  const runs = new MigrationRuns(platform.catalog);
  const wish = { ...wishOf(options), ...(await filterOf(platform, options)) };
  if (options.dryRun === true) {
    const plan = await platform.fleet.plan(wish);
    const drift = await driftBefore(plan, provisioning.verifier);
    if (drift.drifted.length + drift.unreachable.length > 0) process.exitCode = 1;
    printPlan(plan, drift, output);
    return;
  }
  const began = performance.now();
  const begun = options.resume === true ? await resumed(platform, runs, options) : { ...(await platform.fleet.begin(wish)), after: 0 };
  const progress = new RunProgress(process.stderr);
  const print = async (report: RunReport): Promise<void> => printRun(report, runs, output, (performance.now() - began) / 1_000);
  try {
    const report = await interruptible((signal) =>
      driveRun(platform, provisioning, begun, (event) => progress.show(event), signal, begun.after),
    ).finally(() => progress.end());
    await print(report);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    output.note(
      `run ${begun.id} is not over: a worker goes on with it, or \`fleet migrate --resume\`; the operators' API can pause or abort it`,
    );
    await print(await runs.report(begun.id));
    process.exitCode = error.exitCode;
  }
}

/** `after` is where its story was when it was resumed. */
async function resumed(
  platform: Platform,
  runs: MigrationRuns,
  { tenant }: MigrateOptions,
): Promise<BegunRun & { readonly after: number }> {
  const last = await runs.latest();
  if (!last) throw new UsageError('there is no run to go on with');
  const homes = tenant && (await platform.fleet.status(await filterOf(platform, { tenant })));
  const after = await runs.newestEvent(last.id);
  return { ...(await platform.fleet.resume(last.id, homes?.map(({ target }) => target) ?? null)), after };
}

async function printRun({ id, state, targets }: RunReport, runs: MigrationRuns, output: Output, seconds: number): Promise<void> {
  const listed = async (which: 'failed' | 'skipped' | 'pending' | 'running'): Promise<{ target: string; error: string | null }[]> =>
    (await runs.targets(id, [which], LISTED_TARGETS)).map(({ target, error }) => ({ target, error }));
  const [failures, skipped] = [await listed('failed'), await listed('skipped')];
  const [pending, running] = [await listed('pending'), await listed('running')];
  const behind = skipped.filter(({ error }) => error !== GONE);
  // What was passed over is as little at the run's version as what failed.
  if (state !== 'done' || behind.length > 0) process.exitCode = 1;
  if (behind.length > 0)
    output.note(`${String(behind.length)} homes were passed over and are behind; name a --region to leave those of others out`);
  const [untouched, underWay] = [pending, running].map((some) => some.map(({ target }) => target)) as [string[], string[]];
  output.document({ run: id, state, targets, failures, skipped, untouched, underWay, seconds }, () => [
    `run ${id}: ${state} after ${seconds.toFixed(1)} s`,
    `${String(targets.migrated)} of ${String(targets.total)} migrated, ${String(targets.failed)} failed, ${String(targets.skipped)} skipped, ${String(targets.pending)} not done`,
    ...failures.map(({ target, error }) => `  failed    ${target}: ${String(error)}`),
    ...skipped.map(({ target, error }) => `  skipped   ${target}: ${String(error)}`),
    ...underWay.map((target) => `  under way ${target}`),
    ...untouched.map((target) => `  pending   ${target}`),
  ]);
}
