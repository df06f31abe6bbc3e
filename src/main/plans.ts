import { z } from 'zod';
import { PLACEMENT_KINDS } from '#kernel/tenancy/placement.js';
import type { PlanTerms } from '#kernel/tenancy/plan-terms.js';
import { readYamlFile } from '#main/read-yaml-file.js';

const Most = z.number().int().nonnegative();
const Name = z.string().regex(/^[a-z][a-z-]*$/);
const Rate = z.strictObject({ limit: z.number().int().positive(), windowSeconds: z.number().int().positive() });
const Terms = z.strictObject({
  isolation: z.enum(PLACEMENT_KINDS),
  jobWeight: z.number().int().positive(),
  rates: z.strictObject({ read: Rate, write: Rate, auth: Rate }),
  limits: z.strictObject({ customRoles: Most, attachmentsMb: Most, members: Most }),
  meters: z.record(Name, z.strictObject({ included: Most.nullable(), beyond: z.enum(['refuse', 'bill']) })),
  features: z.array(Name).transform((names) => new Set(names)),
  price: z.strictObject({ key: Name, amount: Most, currency: z.string().regex(/^[a-z]{3}$/) }).nullable(),
  trialDays: Most,
  isSelfService: z.boolean(),
});
const PlansFile = z.object({ plans: z.record(z.string(), Terms) });

/** The terms of everything that can be bought. Raises ConfigError with every problem of the file. */
export async function readPlans(path: string): Promise<ReadonlyMap<string, PlanTerms>> {
  const { plans } = await readYamlFile(path, 'plans.yaml', PlansFile);
  return new Map(Object.entries(plans));
}
