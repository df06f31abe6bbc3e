import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { PlanTerms } from '#kernel/tenancy/plan-terms.js';
import { ConfigError } from '#main/config.js';
import { parseYaml } from '#main/parse-yaml.js';

const Most = z.number().int().nonnegative();
const Rate = z.strictObject({ limit: z.number().int().positive(), windowSeconds: z.number().int().positive() });
const Terms = z.strictObject({
  isolation: z.enum(['row', 'schema', 'database']),
  jobWeight: z.number().int().positive(),
  rates: z.strictObject({ read: Rate, write: Rate, auth: Rate }),
  limits: z.strictObject({ customRoles: Most, attachmentsMb: Most }),
  features: z.array(z.string().regex(/^[a-z][a-z-]*$/)).transform((names) => new Set(names)),
});
const PlansFile = z.object({ plans: z.record(z.string(), Terms) });

/** The terms of everything that can be bought. Raises ConfigError with every problem of the file. */
export async function readPlans(path: string): Promise<ReadonlyMap<string, PlanTerms>> {
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
