import type { Command } from 'commander';
import { driftLines, driftReport } from '#main/cli/drift-report.js';
import { filtered, filterOf, unknownIsUsage, type FilterOptions } from '#main/cli/fleet-filter.js';
import type { Output } from '#main/cli/output.js';
import type { Session } from '#main/cli/session.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';

/** `fleet verify`: exit code 1 when a home, or what it stands on, is not as it should be or could not be asked. */
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
  const drift = driftReport({ drifted, unreachable });
  output.document({ checked, ...drift }, () => [
    `${String(checked)} homes looked at, ${String(drifted.length)} drifted, ${String(unreachable.length)} not reached`,
    ...driftLines(drift),
  ]);
}
