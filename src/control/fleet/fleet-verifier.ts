import { AppError } from '#kernel/errors/app-error.js';
import type { Home } from '#catalog/fleet/home-ledger.js';
import type { HomeDifference, HomeTruth } from '#control/fleet/home-truth.js';

/** A home and the newest migration it should have had. */
export interface VerifiedHome extends Home {
  readonly version: string;
}

/** A home that is not what its migrations make. */
export interface DriftedHome extends HomeDifference {
  readonly target: VerifiedHome;
}

export interface FleetVerification {
  /** How many could be looked at. */
  readonly checked: number;
  readonly drifted: readonly DriftedHome[];
  /** `reason` is the code of what kept it away, or `unreachable`. */
  readonly unreachable: readonly { readonly target: VerifiedHome; readonly reason: string }[];
}

/** Holds homes against what their migrations make, one query a database: never against the stamp alone. */
export class FleetVerifier {
  constructor(
    private readonly truth: HomeTruth,
    /** How many databases are asked at once. */
    private readonly atOnce = 4,
  ) {}

  /** Changes nothing, and raises for nothing but the signal: a database that is away costs its own homes their answer. */
  async verify(targets: readonly VerifiedHome[], signal?: AbortSignal): Promise<FleetVerification> {
    const databases = Map.groupBy(targets, ({ cluster, database }) => `${cluster}/${database}`).values();
    const found: FleetVerification[] = [];
    const walk = async (): Promise<void> => {
      for (const homes of databases) {
        signal?.throwIfAborted();
        found.push(await this.#look(homes));
      }
    };
    await Promise.all(Array.from({ length: this.atOnce }, walk));
    return together(found);
  }

  async #look(targets: readonly VerifiedHome[]): Promise<FleetVerification> {
    const [first] = targets;
    if (!first) return together([]);
    try {
      const homes = targets.map(({ home }) => home);
      const hashes = await this.truth.fingerprints(first.cluster, first.database, homes);
      const kinds = Map.groupBy(targets, ({ home, version }) => `${version}/${hashes.get(home) ?? ''}`);
      const found = [];
      for (const alike of kinds.values()) found.push(await this.#compare(alike, hashes));
      return together(found);
    } catch (error) {
      return away(targets, error);
    }
  }

  /** Homes of one version and one hash: what one of them differs in, all do. */
  async #compare(alike: readonly VerifiedHome[], hashes: ReadonlyMap<string, string>): Promise<FleetVerification> {
    const [first] = alike;
    if (!first) return together([]);
    try {
      const golden = await this.truth.reference(first.cluster, first.version);
      if (hashes.get(first.home) === golden) return { checked: alike.length, drifted: [], unreachable: [] };
      const difference = await this.truth.difference(first, first.version);
      return { checked: alike.length, drifted: alike.map((target) => ({ target, ...difference })), unreachable: [] };
    } catch (error) {
      return away(alike, error);
    }
  }
}

function together(parts: readonly FleetVerification[]): FleetVerification {
  return {
    checked: parts.reduce((sum, { checked }) => sum + checked, 0),
    drifted: parts.flatMap(({ drifted }) => drifted),
    unreachable: parts.flatMap(({ unreachable }) => unreachable),
  };
}

function away(targets: readonly VerifiedHome[], error: unknown): FleetVerification {
  const reason = error instanceof AppError ? error.code : 'unreachable';
  return { checked: 0, drifted: [], unreachable: targets.map((target) => ({ target, reason })) };
}
