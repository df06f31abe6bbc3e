import type { Command } from 'commander';
import { targetOf } from '#catalog/fleet/home-ledger.js';
import { filtered, filterOf, unknownIsUsage, type FilterOptions } from '#main/cli/fleet-filter.js';
import type { Output } from '#main/cli/output.js';
import type { Session } from '#main/cli/session.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';

/** `fleet verify`: exit code 1 when a home is not what its migrations make, or could not be asked. */
export function addVerifyCommand(fleet: Command, session: Session): void {
  filtered(
    fleet.command('verify').description('hold every home against what its migrations make, by its catalogue and not by its stamp'),
  ).action((options: FilterOptions) =>
    session.provisioned(({ platform, provisioning, output }) => verify(platform, provisioning, output, options).catch(unknownIsUsage)),
  );
}

async function verify(platform: Platform, { verifier }: Provisioning, output: Output, options: FilterOptions): Promise<void> {
  const { checked, drifted, unreachable } = await verifier.verify(await platform.fleet.status(await filterOf(platform, options)));
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
