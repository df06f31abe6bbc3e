import type { Home } from '#catalog/fleet/home-ledger.js';

/** What the catalogue says of one thing of a home; the same words in every home that had the same migrations. */
export interface HomeFact {
  readonly what: string;
  readonly is: string;
}

/** A home as it is. `version` is the newest migration that it says it has had; null when it says nothing. */
export interface HomeSeen {
  readonly hash: string;
  readonly version: string | null;
}

/** How one difference could be mended: by SQL that loses nothing, sent with the home as search_path, or by hand as the sentence says. */
export interface RepairStep {
  readonly what: string;
  readonly sql: readonly string[];
  readonly says: string;
}

/** How a home differs from what its migrations make. */
export interface HomeDifference {
  readonly missing: readonly HomeFact[];
  readonly extra: readonly HomeFact[];
  readonly changed: readonly { readonly what: string; readonly golden: string; readonly found: string }[];
  readonly repair: readonly RepairStep[];
}

/** What homes are, held against what their migrations make. Everything here only reads, and raises when a database cannot be asked. */
export interface HomeTruth {
  /** Each home's word, and the hash of its facts; a home that is not there is not in it. One session for all of a database, whatever their number. */
  fingerprints(cluster: string, database: string, homes: readonly string[]): Promise<ReadonlyMap<string, HomeSeen>>;
  /** The hash of a home on that server that had every migration up to this one. Raises VersionUnknownError. */
  reference(cluster: string, version: string): Promise<string>;
  /** Empty when there is none. Raises VersionUnknownError. */
  difference(place: Home, version: string): Promise<HomeDifference>;
}
