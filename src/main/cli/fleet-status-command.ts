import type { Command } from 'commander';
import { filtered, filterOf, unknownIsUsage, type FilterOptions } from '#main/cli/fleet-filter.js';
import type { Output } from '#main/cli/output.js';
import type { Session } from '#main/cli/session.js';
import type { Platform } from '#main/platform.js';

/** `fleet status`: by the ledger, without asking a single database of tenants. */
export function addStatusCommand(fleet: Command, session: Session): void {
  filtered(fleet.command('status').description('which version every home is at, and what it has still to have')).action(
    (options: FilterOptions) => session.platform(({ platform, output }) => status(platform, output, options).catch(unknownIsUsage)),
  );
}

async function status(platform: Platform, output: Output, options: FilterOptions): Promise<void> {
  const targets = await platform.fleet.status(await filterOf(platform, options));
  const behind = targets.filter(({ pending }) => pending.length > 0);
  const { newest } = platform.fleet;
  output.document({ newest, total: targets.length, behind: behind.length, targets }, () => [
    `${String(targets.length)} homes, ${String(behind.length)} of them behind ${newest}`,
    ...behind.map(
      ({ target, slug, version, pending }) => `  ${target} ${slug ?? ''} at ${version ?? 'nothing known'}: lacks ${pending.join(', ')}`,
    ),
  ]);
}
