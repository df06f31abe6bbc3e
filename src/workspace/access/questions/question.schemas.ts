import { z } from 'zod';

const Name = z.string().max(100);
const Kind = z.string().max(100);

/** Up to a hundred questions about oneself; without a resource the answer is about no thing in particular. */
export const CheckAccess = z
  .strictObject({
    checks: z
      .array(z.strictObject({ permission: Name, resource: z.strictObject({ kind: Kind, id: z.string().max(100) }).optional() }))
      .min(1)
      .max(100),
  })
  .meta({ id: 'CheckAccess' });
export type CheckAccess = z.infer<typeof CheckAccess>;

const Answer = z.strictObject({
  permission: z.string(),
  allow: z.boolean(),
  rule: z.string(),
  reason: z.string(),
  requiredPlan: z.string().optional(),
  stepUp: z.literal(true).optional(),
});

/** One answer for each question, in their order. */
export const CheckedAccess = z.strictObject({ results: z.array(Answer) }).meta({ id: 'CheckedAccess' });
export type CheckedAccess = z.infer<typeof CheckedAccess>;

/** About a member, or about oneself. */
export const ExplainAccess = z.strictObject({
  permission: Name,
  resource: Kind.optional(),
  id: z.string().max(100).optional(),
  member: z.uuid().toLowerCase().optional(),
});
export type ExplainAccess = z.infer<typeof ExplainAccess>;

/** The decision, and every rule that was asked until one decided. About somebody else as if they were signed in. */
export const ExplainedAccess = Answer.extend({
  member: z.uuid().nullable(),
  steps: z.array(z.strictObject({ rule: z.string(), outcome: z.enum(['passed', 'allowed', 'refused']) })),
}).meta({ id: 'ExplainedAccess' });
export type ExplainedAccess = z.infer<typeof ExplainedAccess>;
