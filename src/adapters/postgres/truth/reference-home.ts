import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { HOME_FACTS } from '#adapters/postgres/truth/home-facts.js';
import { LOCK_TIMEOUT_MS, sendSteps } from '#adapters/postgres/homes/home-steps.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { HomeFact } from '#control/fleet/home-truth.js';
import { VersionUnknownError } from '#control/fleet/fleet.errors.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { TEMPLATE_DATABASE } from '#control/provisioning/placer.js';

/** What the migrations up to a version make on a server: they are sent to a schema of the template, whose facts are read before all is taken back. */
export class ReferenceHome {
  readonly #known = new Map<string, Promise<readonly HomeFact[]>>();

  constructor(
    private readonly clusters: Pick<ClusterBook, 'named'>,
    private readonly line: readonly MigrationStep[],
  ) {}

  /** Each server is asked once for a version. Raises VersionUnknownError. */
  facts(cluster: string, version: string): Promise<readonly HomeFact[]> {
    const key = `${cluster}/${version}`;
    const known = this.#known.get(key) ?? this.#read(cluster, version);
    this.#known.set(key, known);
    known.catch(() => this.#known.delete(key));
    return known;
  }

  async #read(cluster: string, version: string): Promise<readonly HomeFact[]> {
    const last = this.line.findIndex(({ name }) => name === version);
    if (last < 0) throw new VersionUnknownError(version);
    const { migratorUrl } = await this.clusters.named(cluster);
    return withSession(atDatabase(migratorUrl, TEMPLATE_DATABASE), async (migrator) => {
      const home = `t_reference_${randomBytes(6).toString('hex')}`;
      await migrator.query('begin');
      await migrator.query(`set local lock_timeout = ${String(LOCK_TIMEOUT_MS)}`);
      await sendSteps(migrator, home, this.line.slice(0, last + 1));
      return readFacts(migrator, home); // the session ends, and the transaction with it
    });
  }
}

/** The facts of a home, in the transaction that the session is in. */
export async function readFacts(session: pg.Client, home: string): Promise<HomeFact[]> {
  await session.query(`set local search_path = ''`);
  return (await session.query<HomeFact>(HOME_FACTS, [home])).rows;
}
