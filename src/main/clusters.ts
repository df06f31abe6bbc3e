import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '#main/config.js';

const Postgres = z.url({ protocol: /^postgres(ql)?$/, error: 'is not a PostgreSQL address' });

const ClustersFile = z.object({
  clusters: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
        region: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
        appUrl: Postgres,
        migratorUrl: Postgres.optional(),
        provisionUrl: Postgres.optional(),
      }),
    )
    .min(1)
    .refine((clusters) => new Set(clusters.map(({ name }) => name)).size === clusters.length, 'two clusters have one name'),
});

/** A cluster as its file has it: a process that only serves requests is given `appUrl` alone. */
export type ConfiguredCluster = z.infer<typeof ClustersFile>['clusters'][number];

/** Raises ConfigError with every problem of the file, and no value of it. */
export async function readClusters(path: string): Promise<ConfiguredCluster[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new ConfigError([`CLUSTERS: the file ${path} cannot be read`]);
  }
  const parsed = ClustersFile.safeParse(parse(text));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `CLUSTERS: ${issue.path.join('.')}: ${issue.message}`));
  return parsed.data.clusters;
}
