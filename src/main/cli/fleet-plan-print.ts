import type { FleetPlan } from '#control/fleet/fleet-desk.js';
import { driftLines, type DriftReport } from '#main/cli/drift-report.js';
import type { Output } from '#main/cli/output.js';

/** What a run would do, wave by wave, what has drifted before it, and the SQL. */
export function printPlan({ version, targets, skipped, steps }: FleetPlan, drift: DriftReport, output: Output): void {
  const waves = [...Map.groupBy(targets, ({ wave }) => wave)].toSorted(([one], [other]) => one - other);
  output.document({ version, targets, skipped, steps, ...drift }, () => [
    `${String(targets.length)} homes to ${version}`,
    ...waves.flatMap(([wave, homes]) => [
      `wave ${String(wave)}: ${String(homes.length)} homes`,
      ...homes.map(({ target, version: had }) => `  ${target} (at ${had ?? 'nothing known'})`),
    ]),
    ...skipped.map(({ home, why }) => `skipped ${home.target}: ${why}`),
    ...driftLines(drift),
    ...steps.flatMap(({ name, phase, isPerTenant, statements }) => [
      '',
      `-- ${name} (${phase}${isPerTenant ? ', for each tenant' : ''})`,
      ...statements.map((statement) => `${statement};`),
    ]),
  ]);
}
