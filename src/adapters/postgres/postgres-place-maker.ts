import type { PlaceDrivers } from '#adapters/postgres/postgres-isolation-layer.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import type { Place, PlaceMaker } from '#control/provisioning/isolation-layer.js';

/** Makes places on PostgreSQL that are nobody's yet. */
export class PostgresPlaceMaker implements PlaceMaker {
  constructor(
    private readonly clusters: ClusterBook,
    private readonly drivers: PlaceDrivers,
    readonly version: string,
  ) {}

  async make(place: Place): Promise<void> {
    await this.drivers[place.kind].make(place, await this.clusters.named(place.cluster));
  }

  async discard(place: Place): Promise<void> {
    await this.drivers[place.kind].unmake(place, await this.clusters.named(place.cluster), null);
  }
}
