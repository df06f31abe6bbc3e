import type pg from 'pg';
import type { Foundation } from '#adapters/postgres/foundation.js';
import { diffFacts } from '#adapters/postgres/truth/home-difference.js';
import { repairPlan } from '#adapters/postgres/truth/home-repair.js';
import { reading } from '#adapters/postgres/truth/postgres-home-truth.js';
import { readFacts } from '#adapters/postgres/truth/reference-home.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { SYSTEM_FACTS } from '#adapters/postgres/truth/system-facts.js';
import { FOUNDATION, type FoundationDifference, type Foundations } from '#control/fleet/foundations.js';
import type { HomeDifference, HomeFact, RepairStep } from '#control/fleet/home-truth.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { TEMPLATE_DATABASE } from '#control/provisioning/placer.js';

/** Raised when what is to be laid is older than what is there. */
class FoundationIsNewerError extends Error {
  override readonly name = 'FoundationIsNewerError';

  constructor() {
    super('it was laid by a newer build, which has to look at it');
  }
}

/** What differs may be what the newer one changed. */
const OF_A_NEWER_BUILD: RepairStep[] = [{ what: 'tenancy.sql', sql: [], says: 'it was laid by a newer build: verify it with that one' }];

/** Foundations by the catalogues of their databases; the reference of a server is laid in its template and taken back. */
export class PostgresFoundations implements Foundations {
  readonly #references = new Map<string, Promise<readonly HomeFact[]>>();

  constructor(
    private readonly clusters: Pick<ClusterBook, 'named'>,
    private readonly foundation: Foundation,
  ) {}

  async difference(cluster: string, database: string): Promise<FoundationDifference> {
    const golden = await this.#reference(cluster);
    const { migratorUrl } = await this.clusters.named(cluster);
    const { found, isOfNewerBuild } = await withSession(atDatabase(migratorUrl, database), async (session) => ({
      found: await reading(session, () => read(session)),
      isOfNewerBuild: await this.foundation.isOlderThan(session),
    }));
    const known = new Set(golden.map(({ what }) => what));
    // Who closed more of the system than we do harms nobody.
    const difference = diffFacts(
      golden,
      found.filter(({ what }) => known.has(what) || !what.startsWith('system ')),
    );
    return { ...difference, repair: isOfNewerBuild ? OF_A_NEWER_BUILD : repairOf(difference), isOfNewerBuild };
  }

  async lay(cluster: string, database: string): Promise<void> {
    const { provisionUrl } = await this.clusters.named(cluster);
    const isLaid = await withSession(atDatabase(provisionUrl, database), (provisioning) => this.foundation.lay(provisioning));
    if (!isLaid) throw new FoundationIsNewerError();
  }

  /** Each server is asked once. */
  #reference(cluster: string): Promise<readonly HomeFact[]> {
    const known = this.#references.get(cluster) ?? this.#lay(cluster);
    this.#references.set(cluster, known);
    known.catch(() => this.#references.delete(cluster));
    return known;
  }

  async #lay(cluster: string): Promise<readonly HomeFact[]> {
    const { provisionUrl } = await this.clusters.named(cluster);
    return withSession(atDatabase(provisionUrl, TEMPLATE_DATABASE), async (provisioning) => {
      await provisioning.query('begin');
      // Without what is there: it may be what somebody made of it.
      await this.foundation.sendUnused(provisioning, 'drop schema if exists tenancy cascade;');
      return read(provisioning); // the session ends, and the transaction with it
    });
  }
}

async function read(session: pg.Client): Promise<HomeFact[]> {
  const facts = await readFacts(session, FOUNDATION);
  return [...facts, ...(await session.query<HomeFact>(SYSTEM_FACTS)).rows];
}

/** What is not there or otherwise comes with the foundation; rights too many and what somebody added do not go with it. */
function repairOf(difference: Omit<HomeDifference, 'repair'>): RepairStep[] {
  const { missing, extra, changed } = difference;
  const says = '`tenantry doctor --fix` lays it anew; what is told after that is to be looked at by hand';
  const grants = changed.filter(({ what }) => what.includes(' grant to '));
  return [
    ...(missing.length + changed.length > 0 ? [{ what: 'tenancy.sql', sql: [], says }] : []),
    ...repairPlan({ missing: [], extra, changed: grants }),
  ];
}
