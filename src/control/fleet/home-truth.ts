/** What homes really are, as the catalogues of their databases say; a stamp proves nothing. */
export interface HomeTruth {
  /** The fingerprint of each home of one database, in one query; one that is not there is not among them. */
  fingerprints(cluster: string, database: string, homes: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The fingerprint of a home that had every migration up to `version`, made on that server. */
  reference(cluster: string, version: string): Promise<string>;
}
