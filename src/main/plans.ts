import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Plans } from '#control/provisioning/placer.js';
import { ConfigError } from '#main/config.js';
import { parseYaml } from '#main/parse-yaml.js';

const PlansFile = z.object({ plans: z.record(z.string(), z.strictObject({ isolation: z.enum(['row', 'schema', 'database']) })) });

/** What can be bought. Raises ConfigError. */
export async function readPlans(path: string): Promise<Plans> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new ConfigError([`plans.yaml: the file ${path} cannot be read`]);
  }
  const parsed = PlansFile.safeParse(parseYaml(text, 'plans.yaml'));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `plans.yaml: ${issue.path.join('.')}: ${issue.message}`));
  return new Map(Object.entries(parsed.data.plans));
}
