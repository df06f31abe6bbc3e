import { createHash } from 'node:crypto';
import type pg from 'pg';
import { diffFacts } from '#adapters/postgres/truth/home-difference.js';
import { repairPlan } from '#adapters/postgres/truth/home-repair.js';
import { HOME_SIGNATURES } from '#adapters/postgres/truth/home-signature.js';
import { readFacts, type ReferenceHome } from '#adapters/postgres/truth/reference-home.js';
import { atDatabase, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Home } from '#catalog/fleet/home-ledger.js';
import type { HomeDifference, HomeFact, HomeSeen, HomeTruth } from '#control/fleet/home-truth.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';

/** Reads the catalogues of databases with the login of migrations. */
export class PostgresHomeTruth implements HomeTruth {
  constructor(
    private readonly clusters: Pick<ClusterBook, 'named'>,
    private readonly references: ReferenceHome,
  ) {}

  fingerprints(cluster: string, database: string, homes: readonly string[]): Promise<ReadonlyMap<string, HomeSeen>> {
    return this.#reading(cluster, database, async (session) => {
      const versions = await readVersions(session, homes);
      const hashes = await readFingerprints(session, homes);
      return new Map([...hashes].map(([home, hash]) => [home, { hash, version: versions.get(home) ?? null }]));
    });
  }

  async reference(cluster: string, version: string): Promise<string> {
    return hashOf(await this.references.facts(cluster, version));
  }

  async difference({ cluster, database, home }: Home, version: string): Promise<HomeDifference> {
    const golden = await this.references.facts(cluster, version);
    const found = await this.#reading(cluster, database, (session) => readFacts(session, home));
    const difference = diffFacts(golden, found);
    return { ...difference, repair: repairPlan(difference) };
  }

  async #reading<T>(cluster: string, database: string, work: (session: pg.Client) => Promise<T>): Promise<T> {
    const { migratorUrl } = await this.clusters.named(cluster);
    return withSession(atDatabase(migratorUrl, database), (session) => reading(session, () => work(session)));
  }
}

/**
 * The hash of each home's facts, by a session that is there. `known` has the hashes of signatures of one server, and is added to: a signature names
 * other objects by their OIDs, which two databases of a server share only where one is a copy of the other.
 */
export function fingerprintsBy(
  session: pg.Client,
  homes: readonly string[],
  known: Map<string, string>,
): Promise<ReadonlyMap<string, string>> {
  return reading(session, () => readFingerprints(session, homes, known));
}

/** Runs `work` in a transaction that only reads, with an empty path. */
export function reading<T>(session: pg.Client, work: () => Promise<T>): Promise<T> {
  return inTransaction(session, async () => {
    await session.query(`set local search_path = ''; set local jit = off; set local transaction_read_only = on`);
    return work();
  });
}

async function readVersions(session: pg.Client, homes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await session.query<{ home: string; version: string }>(
    'select home, max(name collate "C") as version from tenancy.migration where home = any($1) group by home',
    [homes],
  );
  return new Map(rows.map(({ home, version }) => [home, version]));
}

/** Text is made of one home of each kind alone: as a rule there is one kind. */
async function readFingerprints(
  session: pg.Client,
  homes: readonly string[],
  known = new Map<string, string>(),
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await session.query<{ home: string; signature: string }>(HOME_SIGNATURES, [homes]);
  const hashes = new Map<string, string>();
  for (const [signature, alike] of Map.groupBy(rows, (row) => row.signature)) {
    const hash = known.get(signature) ?? hashOf(await readFacts(session, alike[0]?.home ?? ''));
    known.set(signature, hash);
    for (const { home } of alike) hashes.set(home, hash);
  }
  return hashes;
}

function hashOf(facts: readonly HomeFact[]): string {
  return createHash('sha256')
    .update(facts.map(({ what, is }) => `${what}: ${is}`).join('\n'))
    .digest('hex');
}
