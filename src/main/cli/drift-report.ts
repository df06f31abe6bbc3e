import { identifier } from '#adapters/postgres/session.js';
import { targetOf } from '#catalog/fleet/home-ledger.js';
import type { FleetPlan } from '#control/fleet/fleet-desk.js';
import type { DriftedHome, FleetVerification, FleetVerifier } from '#control/fleet/fleet-verifier.js';
import { isDifferent } from '#control/fleet/foundations.js';

/** What drifted, with how it could be mended, and what could not be asked, by the names of targets. */
export interface DriftReport {
  readonly drifted: readonly (Omit<DriftedHome, 'target'> & {
    readonly target: string;
    /** Sent before a repair: its statements name things without their schema. */
    readonly searchPath: string;
  })[];
  readonly unreachable: readonly { readonly target: string; readonly reason: string }[];
}

/** A verification as it is printed. */
export function driftReport({ drifted, unreachable }: Omit<FleetVerification, 'checked'>): DriftReport {
  return {
    drifted: drifted.map(({ target, ...difference }) => ({
      ...{ target: targetOf(target), ...difference },
      searchPath: `set search_path = ${identifier(target.home)}, pg_temp`,
    })),
    unreachable: unreachable.map(({ target, reason }) => ({ target: targetOf(target), reason })),
  };
}

/**
 * What a run would touch, held against what it has had so far; without what differs in nothing but the ledger, which a run sets right.
 */
export async function driftBefore({ targets }: Pick<FleetPlan, 'targets'>, verifier: FleetVerifier): Promise<DriftReport> {
  const { drifted, unreachable } = await verifier.verify(targets);
  return driftReport({ drifted: drifted.filter(isDifferent), unreachable });
}

/** For people: differences, and below them SQL that can be sent as it is printed. */
export function driftLines({ drifted, unreachable }: DriftReport): string[] {
  return [
    ...drifted.flatMap(({ target, version, searchPath, missing, extra, changed, repair }) => [
      `  drifted ${target} at ${version}`,
      ...missing.map(({ what, is }) => `    - ${what}: ${is}`),
      ...extra.map(({ what, is }) => `    + ${what}: ${is}`),
      ...changed.map(({ what, golden, found }) => `    ~ ${what}: ${found}, and should be ${golden}`),
      ...(repair.some(({ sql: statements }) => statements.length > 0) ? [`    ${searchPath};`] : []),
      ...repair.flatMap(({ says, sql: statements }) => [`    -- ${says}`, ...statements.map((statement) => `    ${statement};`)]),
    ]),
    ...unreachable.map(({ target, reason }) => `  not reached ${target}: ${reason}`),
  ];
}
