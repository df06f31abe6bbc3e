import type { HomeLedger, KnownHome } from '#catalog/fleet/home-ledger.js';
import type { RunOrder } from '#catalog/fleet/migration-runs.js';
import { PLACEMENT_KINDS } from '#kernel/tenancy/placement.js';

/** One migration as a plan shows it. */
export interface MigrationPlanStep {
  readonly name: string;
  readonly phase: 'expand' | 'contract';
  readonly isBreaking: boolean;
  readonly isTransactional: boolean;
  readonly isLong: boolean;
  readonly isPerTenant: boolean;
  readonly statements: readonly string[];
}

/** Which share of what follows the canaries goes before the rest. */
const FIRST_SHARE = 0.1;

/**
 * The order of a run: `canary` homes of each tier alone (wave 1), then a tenth, then the rest. A shared home is never a canary as long as
 * there is another: it is many tenants' at once.
 */
export function inWaves(homes: readonly KnownHome[], canary: number): RunOrder['targets'] {
  const own = homes.filter(({ tier }) => tier !== 'row');
  const canaries = new Set(
    canary === 0
      ? []
      : PLACEMENT_KINDS.flatMap((tier) => (own.length > 0 ? own : homes).filter((home) => home.tier === tier).slice(0, canary)),
  );
  const others = homes.filter((home) => !canaries.has(home));
  const first = Math.ceil(others.length * FIRST_SHARE);
  return [
    ...[...canaries].map((home) => ({ ...home, wave: 1 })),
    ...others.map((home, index) => ({ ...home, wave: index < first ? 2 : 3 })),
  ];
}

/**
 * How far a run may go: up to the first step that takes something away and is not everywhere yet, unless every home has had all before it. What
 * is taken away nobody may use any more, wherever it still is.
 */
export function reachOf(line: readonly MigrationPlanStep[], versions: readonly (string | null)[]): string {
  const least = versions.includes(null) ? '' : (versions.toSorted()[0] ?? '');
  const lacked = line.filter(({ name }) => name > least);
  const stop = lacked.findIndex(({ phase }, index) => phase === 'contract' && index > 0);
  return (stop < 0 ? line.at(-1) : lacked[stop - 1])?.name ?? '';
}

/** How far any home may be brought now, by the ledger; the newest when nobody is behind. */
export async function reachBy(ledger: Pick<HomeLedger, 'due'>, line: readonly MigrationPlanStep[]): Promise<string> {
  const newest = line.at(-1)?.name ?? '';
  const behind = (await ledger.due(newest)).map(({ version }) => version);
  return behind.length === 0 ? newest : reachOf(line, behind);
}

/** What a home has still to have, up to `version`. */
export function stepsAfter(line: readonly MigrationPlanStep[], had: string | null, version: string): readonly MigrationPlanStep[] {
  return line.filter(({ name }) => name <= version && (had === null || name > had));
}
