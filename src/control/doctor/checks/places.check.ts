import type { Check, Finding } from '#control/doctor/check.js';
import type { ClusterEntry, KnownPlace } from '#control/doctor/known-places.js';
import type { ServerInventory } from '#control/doctor/server-inventory.js';

export interface PlacesCheckParts {
  readonly cluster: ClusterEntry;
  readonly inventory: ServerInventory;
  /** Read after the server was looked at: what is being made has its place on record before it is there. */
  readonly places: () => Promise<readonly KnownPlace[]>;
  /** Every tenant there is, of whatever status. */
  readonly tenants: () => Promise<ReadonlySet<string>>;
}

/** Holds what lies on a server against the places on record, both ways. */
export class PlacesCheck implements Check {
  readonly name: string;

  constructor(private readonly parts: PlacesCheckParts) {
    this.name = `places on ${parts.cluster.name}`;
  }

  async look(): Promise<readonly Finding[]> {
    const { cluster, inventory, places, tenants } = this.parts;
    const things = await inventory.things(cluster);
    const [known, everybody] = [(await places()).filter((place) => place.cluster === cluster.name), await tenants()];
    const schemas = namesOf(known.map(({ ownSchema }) => ownSchema));
    const databases = namesOf(known.map(({ ownDatabase }) => ownDatabase));
    const at = (kind: string, name: string): string => `${kind} ${name} on ${cluster.name}`;
    const orphan = (kind: string, name: string, mend: () => Promise<void>): Finding => ({
      subject: at(kind, name),
      problem: 'belongs to nobody',
      mend,
      mayBeYoung: true,
    });
    const missing = (kind: string, name: string): Finding => ({
      subject: at(kind, name),
      problem: 'is on record and not there',
      mend: null,
      mayBeYoung: false,
    });
    const without = (names: readonly string[], wanted: ReadonlySet<string>): string[] => names.filter((name) => !wanted.has(name));
    const made = known.filter(({ tenantId, isInFlux }) => tenantId !== null && !isInFlux);
    const absent = (names: readonly (string | null)[], there: readonly string[]): string[] =>
      [...namesOf(names)].filter((name) => !there.includes(name));
    return [
      ...without(things.schemas, schemas).map((name) => orphan('schema', name, () => inventory.dropSchema(cluster, name))),
      ...without(things.databases, databases).map((name) => orphan('database', name, () => inventory.dropDatabase(cluster, name))),
      ...without(things.roles, databases).map((name) => orphan('role', name, () => inventory.dropRole(cluster, name))),
      ...without(things.residents, everybody).map((id) => orphan('rows of tenant', id, () => inventory.evict(cluster, id))),
      ...absent(
        made.map(({ ownSchema }) => ownSchema),
        things.schemas,
      ).map((name) => missing('schema', name)),
      ...absent(
        made.map(({ ownDatabase }) => ownDatabase),
        things.databases,
      ).map((name) => missing('database', name)),
    ];
  }
}

function namesOf(names: readonly (string | null)[]): ReadonlySet<string> {
  return new Set(names.filter((name) => name !== null));
}
