import { z } from 'zod';
import { Instant, Text } from '#workspace/schemas.js';

const PlanName = Text.min(1).max(50);
const Money = z.int().describe('In the smallest unit of the currency.');

/** The plan that is meant. */
export const ChoosePlan = z.strictObject({ plan: PlanName }).meta({ id: 'ChoosePlan' });
export type ChoosePlan = z.infer<typeof ChoosePlan>;

/** The plan that is meant, and the instant of the preview that was shown, when there was one. */
export const ChangePlan = z.strictObject({ plan: PlanName, prorationAt: Instant.optional() }).meta({ id: 'ChangePlan' });
export type ChangePlan = z.infer<typeof ChangePlan>;

/** What is paid, until when, and what the company may meanwhile. */
export const SubscriptionView = z
  .strictObject({
    plan: z.string(),
    status: z.string().describe('The provider’s word, or `none`.'),
    periodEnd: z.iso.datetime().nullable(),
    trialEnd: z.iso.datetime().nullable(),
    cancelAtPeriodEnd: z.boolean(),
    scheduled: z.strictObject({ plan: z.string().nullable(), at: z.iso.datetime() }).nullable(),
    access: z.enum(['full', 'read-only']),
    amount: Money.nullable(),
    currency: z.string().nullable(),
  })
  .meta({ id: 'Subscription' });
export type SubscriptionView = z.infer<typeof SubscriptionView>;

/** What a change would cost at once; below zero it is a credit. */
export const PreviewView = z
  .strictObject({
    plan: z.string(),
    effective: z.enum(['now', 'period-end']),
    amountDue: Money,
    currency: z.string(),
    prorationAt: z.iso.datetime(),
    lines: z.array(z.strictObject({ description: z.string(), amount: Money, isProration: z.boolean() })),
  })
  .meta({ id: 'PlanChangePreview' });
export type PreviewView = z.infer<typeof PreviewView>;

/** When a change counts. */
export const ChangedPlan = z
  .strictObject({ plan: z.string(), effective: z.enum(['now', 'period-end']), at: z.iso.datetime() })
  .meta({ id: 'ChangedPlan' });
export type ChangedPlan = z.infer<typeof ChangedPlan>;

/** A page of the payment provider. */
export const PageView = z.strictObject({ url: z.string() }).meta({ id: 'BillingPage' });
export type PageView = z.infer<typeof PageView>;

/** What was used of what the plan includes. */
export const UsageView = z
  .strictObject({
    periodStart: z.iso.datetime(),
    periodEnd: z.iso.datetime(),
    meters: z.array(
      z.strictObject({
        meter: z.string(),
        used: z.int(),
        included: z.int().nullable().describe('Null: as much as is wanted.'),
        beyond: z.enum(['refuse', 'bill']),
      }),
    ),
    limits: z.array(z.strictObject({ limit: z.string(), used: z.int(), atMost: z.int() })),
  })
  .meta({ id: 'Usage' });
export type UsageView = z.infer<typeof UsageView>;
