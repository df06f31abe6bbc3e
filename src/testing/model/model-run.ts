import type { Tenant } from '#kernel/tenancy/tenant.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import { TenantSql } from '../tenant-sql.js';
import type { TestPlatform, Tier } from '../test-platform.js';
import { ModelDatabase } from './model-database.js';
import { ModelTenant } from './model-tenant.js';
import type { World } from './operation.js';
import { describeDeviation, playAll, type Deviation } from './play.js';
import { shrink } from './shrink.js';

const ROUND = 1_000;
const HASTY_MS = 50;

/** What a run was: how many operations of each kind were played, and how it went wrong, if it did. */
export interface ModelReport {
  readonly played: ReadonlyMap<string, number>;
  readonly failure: string | null;
}

/** Several tenants of every tier at once, each playing its own sequence of operations against its own model. */
export class ModelRun {
  readonly #world: World;
  readonly #database: ModelDatabase;
  readonly #played = new Map<string, number>();

  private constructor(
    private readonly test: TestPlatform,
    private readonly tenants: readonly ModelTenant[],
    private readonly shrinkForMs: number,
  ) {
    const { platform, provisioning } = test;
    this.#database = new ModelDatabase(provisioning.clusters);
    this.#world = {
      contexts: platform.contexts,
      sql: new TenantSql(platform),
      hastySql: new TenantSql({ routing: { ...platform.routing, deadlineMs: HASTY_MS } }),
      setStatus: (id, status) => provisioning.provisioner.setStatus(id, status),
      resolve: async (id) => requireActive(await platform.directory.byId(id)),
    };
  }

  /** With `shrinkForMs` 0, what goes wrong is reported as it was found. */
  static async open(
    test: TestPlatform,
    places: readonly (readonly [Tier, string])[],
    { seed, shrinkForMs }: { seed: number; shrinkForMs: number },
  ): Promise<ModelRun> {
    const tenants: Tenant[] = [];
    for (const [tier, region] of places) tenants.push(await test.tenant(tier, region));
    return new ModelRun(
      test,
      tenants.map((tenant, index) => new ModelTenant(index, seed, tenant)),
      shrinkForMs,
    );
  }

  /** Plays this many operations in all, with the tables compared to the model in between and at the end. */
  async play(operations: number): Promise<ModelReport> {
    const each = Math.ceil(operations / this.tenants.length);
    for (let from = 0; from < each; from += ROUND) {
      const failure = await this.#round(from, Math.min(each, from + ROUND));
      if (failure !== null) return { played: this.#played, failure };
    }
    return { played: this.#played, failure: null };
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async #round(from: number, to: number): Promise<string | null> {
    const outcomes = await Promise.all(this.tenants.map((me) => this.#playRange(me, from, to)));
    const deviations = outcomes.filter((outcome) => outcome !== null);
    if (deviations.length > 0) return (await Promise.all(deviations.map((deviation) => this.#explain(deviation)))).join('\n\n');
    try {
      await this.#database.compare(this.tenants);
      return null;
    } catch (error) {
      return `seed ${this.tenants[0]?.seed}, tables after operation ${to - 1} of each tenant:\n${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #playRange(me: ModelTenant, from: number, to: number): Promise<Deviation | null> {
    return playAll(this.#world, me, this.#othersThan(me), range(from, to), (operation) =>
      this.#played.set(operation, (this.#played.get(operation) ?? 0) + 1),
    );
  }

  /** Plays the tenant's operations alone, with a fresh tenant in its place, to find the few that it takes. */
  async #explain(deviation: Deviation): Promise<string> {
    const { tenant: me, index } = deviation;
    if (this.shrinkForMs === 0) return describeDeviation(deviation);
    const goesWrong = async (operations: readonly number[]): Promise<boolean> => {
      const { kind, region } = me.tenant.placement;
      const again = new ModelTenant(me.index, me.seed, await this.test.tenant(kind, region));
      return (await playAll(this.#world, again, this.#othersThan(me), operations)) !== null;
    };
    const few = await shrink([...range(0, index + 1)], goesWrong, this.shrinkForMs);
    const shrunk = few
      ? `Played alone it takes ${few.length} of its operations: ${few.slice(0, 200).join(' ')}`
      : 'Played alone its operations go well: it takes the other tenants.';
    return `${describeDeviation(deviation)}\n${shrunk}`;
  }

  #othersThan(me: ModelTenant): ModelTenant[] {
    return this.tenants.filter((tenant) => tenant !== me);
  }
}

function* range(from: number, to: number): Generator<number> {
  for (let index = from; index < to; index += 1) yield index;
}
