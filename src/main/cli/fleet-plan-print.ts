import type { FleetPlan } from '#control/fleet/fleet-desk.js';
import type { Output } from '#main/cli/output.js';

/** What a run would do, wave by wave, and the SQL. */
export function printPlan({ version, targets, skipped, steps }: FleetPlan, output: Output): void {
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
