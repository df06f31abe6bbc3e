import { ClusterUnknownError } from '#control/provisioning/provisioning.errors.js';

/** A PostgreSQL server of a region as provisioning knows it; requests know its `appUrl` alone. */
export interface Cluster {
  readonly name: string;
  readonly region: string;
  /** Of the platform's own for many tenants, or one that a customer brought for itself alone. */
  readonly kind: ClusterKind;
  /** The login of requests, in the shared database; of an own server, only where it is: it has the template instead, and nobody logs in by this. */
  readonly appUrl: string;
  /** Runs DDL and writes fences, in the shared database and in those of tenants on this server. */
  readonly migratorUrl: string;
  /** A superuser, for making roles and databases; its database is only where it connects to. */
  readonly provisionUrl: string;
  /** Where people outside reach the server, when that is not where we do. */
  readonly publicUrl?: string | undefined;
}

export type ClusterKind = 'shared' | 'own';

/** Raises ClusterUnknownError. */
export function clusterNamed<Known extends Pick<Cluster, 'name'>>(name: string, clusters: readonly Known[]): Known {
  const cluster = clusters.find((candidate) => candidate.name === name);
  if (!cluster) throw new ClusterUnknownError(name);
  return cluster;
}
