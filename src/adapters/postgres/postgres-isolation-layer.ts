import { ClusterFences } from '#adapters/postgres/cluster-fences.js';
import type { Fence } from '#adapters/postgres/fence.js';
import { seenHomes, type HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import type { InSession, KeptSessions } from '#adapters/postgres/kept-sessions.js';
import type { PlaceDriver } from '#adapters/postgres/place-driver.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { homeOf, type HomeLedger } from '#catalog/fleet/home-ledger.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import type { IsolationLayer, Preparation } from '#control/provisioning/isolation-layer.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** The drivers of every kind of place. */
export type PlaceDrivers = Readonly<Record<PlacementKind, PlaceDriver>>;

/** What the layer works with. */
export interface IsolationParts {
  readonly clusters: ClusterBook;
  readonly fences: Fence;
  readonly drivers: PlaceDrivers;
  readonly homes: HomeMigrations;
  readonly ledger: HomeLedger;
  readonly sessions: KeptSessions;
}

/** Makes places for tenants on PostgreSQL: rows need nothing, a schema is replayed in one transaction, a database is made from a template. */
export class PostgresIsolationLayer implements IsolationLayer {
  constructor(private readonly parts: IsolationParts) {}

  async prepare(tenant: Tenant, { version = null, signal }: Preparation = {}): Promise<void> {
    const { clusters, fences, drivers, homes, ledger } = this.parts;
    const cluster = await clusters.named(tenant.placement.cluster);
    const driver = drivers[tenant.placement.kind];
    if (version !== homes.newest) await driver.make(tenant.placement, cluster, signal);
    await this.#sessionsOf(tenant)(atDatabase(cluster.migratorUrl, tenant.placement.database), async (migrator) => {
      signal?.throwIfAborted();
      await driver.claim(migrator, tenant);
      await fences.seal(migrator, tenant, signal);
      // Its own word: who made it may have been of another version than this process.
      if (tenant.placement.kind !== 'row') await ledger.note(await seenHomes(homes, migrator, tenant.placement, [tenant.placement.schema]));
    });
  }

  async verify(tenant: Tenant): Promise<void> {
    const { clusters, drivers } = this.parts;
    await drivers[tenant.placement.kind].verify(tenant, await clusters.named(tenant.placement.cluster));
  }

  async undo(tenant: Tenant): Promise<void> {
    const { clusters, drivers } = this.parts;
    await drivers[tenant.placement.kind].unmake(tenant.placement, await clusters.named(tenant.placement.cluster), tenant);
    if (tenant.placement.kind !== 'row') await this.parts.ledger.forget(homeOf(tenant.placement));
  }

  async remains(tenant: Tenant): Promise<readonly string[]> {
    const { clusters, drivers } = this.parts;
    return drivers[tenant.placement.kind].remains(tenant, await clusters.named(tenant.placement.cluster));
  }

  fence(tenant: Tenant): Promise<void> {
    return new ClusterFences(this.parts.clusters, this.parts.fences, this.#sessionsOf(tenant)).fence(tenant);
  }

  /** One with a database of a tenant's own would rarely be needed again, and be in the way of its end. */
  #sessionsOf({ placement }: Tenant): InSession {
    return placement.kind === 'database' ? withSession : this.parts.sessions.run;
  }
}
