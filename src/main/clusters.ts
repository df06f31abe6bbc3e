import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigError } from '#main/config.js';
import { parseYaml } from '#main/parse-yaml.js';
import { passwordOf } from '#main/password-of.js';

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
        }),
      )
      .min(1)
      .refine((clusters) => new Set(clusters.map(({ name }) => name)).size === clusters.length, 'two clusters have one name'),
  });

/** A cluster as its file has it: a process that only serves requests is given `appUrl` alone. */
export type ConfiguredCluster = z.infer<ReturnType<typeof fileOf>>['clusters'][number];

/** Raises ConfigError with every problem of the file, and no value of it; `guarded` refuses weak passwords, as production does. */
export async function readClusters(path: string, guarded = false): Promise<ConfiguredCluster[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new ConfigError([`CLUSTERS: the file ${path} cannot be read`]);
  }
  const parsed = fileOf(guarded ? GuardedAddress : Address).safeParse(parseYaml(text, 'CLUSTERS'));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `CLUSTERS: ${issue.path.join('.')}: ${issue.message}`));
  return parsed.data.clusters;
}
