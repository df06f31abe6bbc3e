import type { Command } from 'commander';
import { targetOf, type HomeFilter } from '#catalog/fleet/home-ledger.js';
import type { RunReport, RunWish } from '#catalog/fleet/migration-run.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { RUN_DEFAULTS, type FleetPlan } from '#control/fleet/fleet-desk.js';
import { isUuid } from '#kernel/model/uuid.js';
import type { Output } from '#main/cli/output.js';
import { RunProgress } from '#main/cli/run-progress.js';
import type { Session } from '#main/cli/session.js';
import { UsageError } from '#main/cli/usage-error.js';
import { driveRun } from '#main/fleet-driver.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';

interface FilterOptions {
  readonly tier?: string;
  readonly region?: string;
  readonly tenant?: string[];
}

interface MigrateOptions extends FilterOptions {
  readonly dryRun?: boolean;
  readonly canary?: string;
  readonly concurrency?: string;
  readonly maxFailures?: string;
  readonly lockTimeout?: string;
  readonly resume?: boolean;
}

const TIERS = ['row', 'schema', 'database'] as const;
const LISTED = 10_000;

/** `fleet`: brings tenants' tables to the newest migration, and says where everybody is. */
export function addFleetCommands(program: Command, session: Session): void {
  const fleet = program.command('fleet').description('the tables of all tenants');
  filtered(fleet.command('migrate').description('bring every home that is behind to the newest migration'))
    .option('--dry-run', 'print what would be done, in its order, and the SQL; nothing is changed')
    .option('--canary <homes>', 'so many homes of each tier go first, alone', String(RUN_DEFAULTS.canary))
    .option('--concurrency <homes>', 'so many homes of one server at once', String(RUN_DEFAULTS.concurrency))
    .option('--max-failures <n or n%>', 'stop when more have failed', '5')
    .option(
      '--lock-timeout <ms>',
      'how long a statement waits for a lock before its home is tried again later',
      String(RUN_DEFAULTS.lockTimeoutMs),
    )
    .option('--resume', 'go on with the last run; what failed is tried again, or only --tenant')
    .action((options: MigrateOptions) =>
      session.provisioned(async ({ platform, provisioning, output }) => migrate(platform, provisioning, output, options)),
    );
  filtered(fleet.command('status').description('which version every home is at, and what it has still to have')).action(
    (options: FilterOptions) =>
      session.platform(async ({ platform, output }) => {
        const targets = await platform.fleet.status(await filterOf(platform, options));
        const behind = targets.filter(({ pending }) => pending.length > 0);
        const { newest } = platform.fleet;
        output.document({ newest, total: targets.length, behind: behind.length, targets }, () => [
          `${String(targets.length)} homes, ${String(behind.length)} of them behind ${newest}`,
          ...behind.map(
            ({ target, slug, version, pending }) =>
              `  ${target} ${slug ?? ''} at ${version ?? 'nothing known'}: lacks ${pending.join(', ')}`,
          ),
        ]);
      }),
  );
  filtered(
    fleet.command('verify').description('hold every home against what its migrations make, by its catalogue and not by its stamp'),
  ).action((options: FilterOptions) =>
    session.provisioned(async ({ platform, provisioning, output }) => verify(platform, provisioning, output, options)),
  );
}

async function verify(platform: Platform, { ledger, verifier }: Provisioning, output: Output, options: FilterOptions): Promise<void> {
  const { checked, drifted, unreachable } = await verifier.verify(await ledger.homes(await filterOf(platform, options)));
  if (drifted.length + unreachable.length > 0) process.exitCode = 1;
  const named = drifted.map(({ target, ...difference }) => ({ target: targetOf(target), ...difference }));
  const away = unreachable.map(({ target, reason }) => ({ target: targetOf(target), reason }));
  output.document({ checked, drifted: named, unreachable: away }, () => [
    `${String(checked)} homes looked at, ${String(drifted.length)} drifted, ${String(unreachable.length)} not reached`,
    ...named.flatMap(({ target, version, missing, extra, changed, repair }) => [
      `  ${target} at ${version}`,
      ...missing.map(({ what, is }) => `    - ${what}: ${is}`),
      ...extra.map(({ what, is }) => `    + ${what}: ${is}`),
      ...changed.map(({ what, golden, found }) => `    ~ ${what}: ${found}, and should be ${golden}`),
      ...repair.flatMap(({ says, sql: statements }) => [`    -- ${says}`, ...statements.map((statement) => `    ${statement};`)]),
    ]),
    ...away.map(({ target, reason }) => `  ${target}: ${reason}`),
  ]);
}

function filtered(command: Command): Command {
  return command
    .option('--tier <tier>', `only homes of one tier: ${TIERS.join(', ')}`)
    .option('--region <region>', 'only homes in one region')
    .option('--tenant <slug>', 'only homes of this tenant; may be repeated', (slug: string, others: string[] | undefined) => [
      ...(others ?? []),
      slug,
    ]);
}

async function migrate(platform: Platform, provisioning: Provisioning, output: Output, options: MigrateOptions): Promise<void> {
  const runs = new MigrationRuns(platform.catalog);
  const wish = { ...wishOf(options), ...(await filterOf(platform, options)) };
  if (options.dryRun === true) {
    printPlan(await platform.fleet.plan(wish), output);
    return;
  }
  const began = performance.now();
  const begun = options.resume === true ? await resumed(platform, runs, options) : await platform.fleet.begin(wish);
  const progress = new RunProgress(process.stderr);
  const report = await driveRun(platform, provisioning, begun, (event) => progress.show(event)).finally(() => progress.end());
  await printRun(report, runs, output, (performance.now() - began) / 1_000);
}

async function resumed(
  platform: Platform,
  runs: MigrationRuns,
  { tenant }: MigrateOptions,
): Promise<ReturnType<Platform['fleet']['begin']>> {
  const last = await runs.latest();
  if (!last) throw new UsageError('there is no run to go on with');
  const homes = tenant && (await platform.fleet.status(await filterOf(platform, { tenant })));
  return platform.fleet.resume(last.id, homes?.map(({ target }) => target) ?? null);
}

async function printRun({ id, state, targets }: RunReport, runs: MigrationRuns, output: Output, seconds: number): Promise<void> {
  if (state !== 'done') process.exitCode = 1;
  const failed = await runs.targets(id, ['failed'], LISTED);
  const untouched = await runs.targets(id, ['pending', 'skipped'], LISTED);
  const failures = failed.map(({ target, error }) => ({ target, error }));
  output.document({ run: id, state, targets, failures, untouched: untouched.map(({ target }) => target), seconds }, () => [
    `run ${id}: ${state} after ${seconds.toFixed(1)} s`,
    `${String(targets.migrated)} of ${String(targets.total)} migrated, ${String(targets.failed)} failed, ${String(targets.skipped)} skipped, ${String(targets.pending)} not begun`,
    ...failures.map(({ target, error }) => `  failed    ${target}: ${String(error)}`),
    ...untouched.map(({ target, state: why, error }) => `  ${why.padEnd(9)} ${target}${error === null ? '' : `: ${error}`}`),
  ]);
}

function printPlan({ version, targets, skipped, steps }: FleetPlan, output: Output): void {
  const waves = [...Map.groupBy(targets, ({ wave }) => wave)].toSorted(([one], [other]) => one - other);
  output.document({ version, targets, skipped, steps }, () => [
    `${String(targets.length)} homes to ${version}`,
    ...waves.flatMap(([wave, homes]) => [
      `wave ${String(wave)}: ${String(homes.length)} homes`,
      ...homes.map(({ target, version: had }) => `  ${target} (at ${had ?? 'nothing known'})`),
    ]),
    ...skipped.map(({ home, why }) => `skipped ${home.target}: ${why}`),
    ...steps.flatMap(({ name, phase, statements }) => ['', `-- ${name} (${phase})`, ...statements.map((statement) => `${statement};`)]),
  ]);
}

function wishOf({ canary = '1', concurrency = '4', maxFailures = '5', lockTimeout = '500' }: MigrateOptions): RunWish {
  const percent = /^(\d{1,2}(?:\.\d+)?|100)%$/.exec(maxFailures)?.[1];
  return {
    canary: number(canary, '--canary', 0, 1_000),
    concurrency: number(concurrency, '--concurrency', 1, 32),
    maxFailures: percent === undefined ? { count: number(maxFailures, '--max-failures', 0, 1_000_000) } : { percent: Number(percent) },
    lockTimeoutMs: number(lockTimeout, '--lock-timeout', 10, 60_000),
  };
}

function number(text: string, option: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d{1,7}$/.test(text) || value < least || value > most)
    throw new UsageError(`${option} is a number from ${String(least)} to ${String(most)}, not ${text}`);
  return value;
}

async function filterOf(platform: Platform, { tier, region, tenant }: FilterOptions): Promise<HomeFilter> {
  const known = TIERS.find((name) => name === tier);
  if (tier !== undefined && !known) throw new UsageError(`there is no tier ${tier}; there are ${TIERS.join(', ')}`);
  const tenants = tenant && (await Promise.all(tenant.map((idOrSlug) => idOf(platform, idOrSlug))));
  return { ...(known && { tier: known }), ...(region !== undefined && { region }), ...(tenants && { tenants }) };
}

async function idOf({ directory }: Platform, idOrSlug: string): Promise<string> {
  const tenant = isUuid(idOrSlug) ? await directory.byId(idOrSlug) : await directory.bySlug(idOrSlug);
  if (!tenant) throw new UsageError(`there is no tenant ${idOrSlug}`);
  return tenant.id;
}
