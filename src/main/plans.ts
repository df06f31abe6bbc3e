import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Plans } from '#control/provisioning/placer.js';
import { ConfigError } from '#main/config.js';

const PlansFile = z.object({ plans: z.record(z.string(), z.strictObject({ isolation: z.enum(['row', 'schema', 'database']) })) });

/** What can be bought. Raises ConfigError. */
export async function readPlans(path: string): Promise<Plans> {
  const parsed = PlansFile.safeParse(parse(await readFile(path, 'utf8')));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `plans.yaml: ${issue.path.join('.')}: ${issue.message}`));
  return new Map(Object.entries(parsed.data.plans));
}
