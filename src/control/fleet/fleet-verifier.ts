import { AppError } from '#kernel/errors/app-error.js';
import type { Home } from '#catalog/fleet/home-ledger.js';
import { FOUNDATION, isDifferent, type Foundations } from '#control/fleet/foundations.js';
import type { HomeDifference, HomeTruth } from '#control/fleet/home-truth.js';

/** A home, and the newest migration that the ledger says it has had; null when it says nothing. */
export interface VerifiedHome extends Home {
  readonly version: string | null;
}

/** A home that is not what its migrations make, or of which the ledger says something else; or the foundation of a database, by its name among the homes. */
export interface DriftedHome extends HomeDifference {
  readonly target: VerifiedHome;
  /** What it was held against: its own word, or the ledger's where it says nothing; for a foundation its file. */
  readonly version: string;
}

/** A home as it was found. */
interface FoundHome {
  readonly target: VerifiedHome;
  /** What it is held against. */
  readonly version: string;
  readonly hash: string | undefined;
}

const FOUNDATION_FILE = 'tenancy.sql';
const NO_DIFFERENCE: HomeDifference = { missing: [], extra: [], changed: [], repair: [] };

export interface FleetVerification {
  /** How many homes could be looked at. */
  readonly checked: number;
  readonly drifted: readonly DriftedHome[];
  /** `reason` is the code of what kept it away, or `unreachable`. */
  readonly unreachable: readonly { readonly target: VerifiedHome; readonly reason: string }[];
}

/**
 * Holds homes against what the migrations make that they say they have had, and what they stand on against tenancy.sql, once a database: never against
 * a stamp, or the ledger, alone.
 */
export class FleetVerifier {
  constructor(
    private readonly truth: HomeTruth,
    private readonly foundations: Pick<Foundations, 'difference'>,
    /** How many databases are asked at once. */
    private readonly atOnce = 4,
  ) {}

  /** Changes nothing, and raises for nothing: a database that is away costs its own homes their answer. */
  async verify(targets: readonly VerifiedHome[]): Promise<FleetVerification> {
    const databases = Map.groupBy(targets, ({ cluster, database }) => `${cluster}/${database}`).values();
    const found: FleetVerification[] = [];
    const walk = async (): Promise<void> => {
      for (const homes of databases) {
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
      const seen = await this.truth.fingerprints(first.cluster, first.database, homes);
      const found = targets.map((target): FoundHome => {
        const { version, hash } = seen.get(target.home) ?? {};
        return { target, version: version ?? target.version ?? '', hash };
      });
      const kinds = Map.groupBy(found, ({ version, hash }) => `${version}/${hash ?? ''}`).values();
      const verified = [await this.#ground(first)];
      for (const alike of kinds) verified.push(await this.#compare(alike));
      return together(verified);
    } catch (error) {
      return away(targets, error);
    }
  }

  async #ground({ cluster, database }: Home): Promise<FleetVerification> {
    const target: VerifiedHome = { cluster, database, home: FOUNDATION, version: null };
    try {
      const { missing, extra, changed, repair } = await this.foundations.difference(cluster, database);
      const difference = { missing, extra, changed, repair };
      return { ...together([]), drifted: isDifferent(difference) ? [{ target, version: FOUNDATION_FILE, ...difference }] : [] };
    } catch (error) {
      return away([target], error);
    }
  }

  /** Homes of one version and one hash: what one of them differs in, all do. */
  async #compare(alike: readonly FoundHome[]): Promise<FleetVerification> {
    const [first] = alike;
    if (!first) return together([]);
    const { target, version, hash } = first;
    try {
      const isGolden = hash === (await this.truth.reference(target.cluster, version));
      const difference = isGolden ? NO_DIFFERENCE : await this.truth.difference(target, version);
      const drifted = isGolden ? alike.filter(isMisnoted) : alike;
      return { checked: alike.length, drifted: drifted.map((home) => driftOf(home, difference)), unreachable: [] };
    } catch (error) {
      return away(
        alike.map((home) => home.target),
        error,
      );
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

function isMisnoted({ target, version }: FoundHome): boolean {
  return target.version !== null && target.version !== version;
}

function driftOf(home: FoundHome, difference: HomeDifference): DriftedHome {
  const { target, version } = home;
  const says = `the ledger says ${target.version ?? ''}, it has ${version}: \`up\` and \`doctor --fix\` set the ledger right`;
  const repair = [...(isMisnoted(home) ? [{ what: 'ledger', sql: [], says }] : []), ...difference.repair];
  return { target, version, ...difference, repair };
}
