import type { WorkPlan } from '#catalog/work/work-book.js';

/** What is asked of whoever works on one server in a run. */
export interface LaneInput {
  readonly run: string;
  readonly cluster: string;
}

/** Bringing the homes of one server to a run's version, as a work of the platform. */
export const MIGRATE_SERVER = { name: 'fleet.migrate-server', steps: [{ name: 'migrate' }] } as const satisfies WorkPlan;

/** Asked for twice before it began, it is done once. */
export function laneOf(run: string, cluster: string): { readonly input: LaneInput; readonly key: string } {
  return { input: { run, cluster }, key: `${run}:${cluster}` };
}
