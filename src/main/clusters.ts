import { z } from 'zod';
import { ConfigError } from '#main/config.js';
import { passwordOf } from '#main/password-of.js';
import { readYamlFile } from '#main/read-yaml-file.js';

const Name = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/);
const Address = z.url({ protocol: /^postgres(ql)?$/, error: 'is not a PostgreSQL address' });
const GuardedAddress = Address.refine((url) => passwordOf(url).length >= 16, 'has no password of 16 characters');

const fileOf = (address: typeof Address) =>
  z.object({
    clusters: z
      .array(
        z.strictObject({
          name: Name,
          region: Name,
          appUrl: address,
          migratorUrl: address.optional(),
          provisionUrl: address.optional(),
          publicUrl: Address.optional(),
        }),
      )
      .min(1)
      .refine((clusters) => new Set(clusters.map(({ name }) => name)).size === clusters.length, 'two clusters have one name'),
  });

/**
 * A cluster as its file has it. A process that only serves requests needs `appUrl` alone; with it alone it cannot say which work is late or
 * dead, so `GET /api/platform/jobs` names the cluster as unseen. A worker needs `migratorUrl` too, for finding work and for closing tenants;
 * `provisionUrl` is for `up` and the command line. `publicUrl` is what people outside connect to, when that is another place.
 */
export type ConfiguredCluster = z.infer<ReturnType<typeof fileOf>>['clusters'][number];

/** Raises ConfigError with every problem of the file, and no value of it; `guarded` refuses weak passwords, as production does. */
export async function readClusters(path: string, guarded = false): Promise<ConfiguredCluster[]> {
  return (await readYamlFile(path, 'CLUSTERS', fileOf(guarded ? GuardedAddress : Address))).clusters;
}

/** Clusters whose tenants can be fenced and whose work can be overseen. Raises ConfigError naming those that lack what `whom` needs. */
export function requireMigrators(clusters: readonly ConfiguredCluster[], whom: string): void {
  const lacking = clusters.filter(({ migratorUrl }) => migratorUrl === undefined);
  if (lacking.length > 0)
    throw new ConfigError(lacking.map(({ name }) => `CLUSTERS: cluster ${name} has no migratorUrl, which ${whom} needs`));
}
