import { z } from 'zod';
import { Reason } from '#control/operators/reason.js';
import { Instant, Text } from '#workspace/schemas.js';

const Line = Text.trim().refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), { error: 'is not one line' });
const Name = Line.min(1).max(200);
const Choice = Text.min(1).max(100);

export const OnboardingId = z.uuid();

/** What somebody says who signs up. */
export const SignUp = z.strictObject({
  companyName: Name,
  adminName: Name,
  adminEmail: z.email().max(254),
  plan: Choice,
  region: Choice,
  slug: Text.min(1).max(100).optional().describe('3 to 40 of a-z, 0-9 and -; one is found when there is none.'),
  notifyUrl: z.url().max(2_000).optional().describe('Where the outcome is told, as a Standard Webhook.'),
});
export type SignUp = z.infer<typeof SignUp>;

/** What an operator says who has a tenant made. */
export const MakeTenant = SignUp.extend({
  adminName: Name.optional(),
  cluster: Choice.optional().describe('The cluster, when it is not for the region to choose.'),
  connectionString: Text.min(1).max(2_000).optional().describe("How a server is reached that is to be the tenant's alone."),
  trialEndsAt: Instant.refine((at) => at.getTime() > Date.now(), { error: 'is over' }).optional(),
  reason: Reason.optional(),
}).refine(({ cluster, connectionString }) => cluster === undefined || connectionString === undefined, {
  error: 'names both a cluster and a server',
  path: ['cluster'],
});
export type MakeTenant = z.infer<typeof MakeTenant>;

/** An operator's act on an onboarding. */
export const ActOnOnboarding = z.strictObject({ reason: Reason.optional() }).optional();
export type ActOnOnboarding = z.infer<typeof ActOnOnboarding>;

/** Where to look for what becomes of it. */
export const OnboardingBegun = z
  .strictObject({
    onboardingId: z.uuid(),
    slug: z.string(),
    statusUrl: z.url(),
    notifySecret: z.string().optional().describe('What notices to notifyUrl are signed with.'),
  })
  .meta({ id: 'OnboardingBegun' });
export type OnboardingBegun = z.infer<typeof OnboardingBegun>;

export const OnboardingState = z.enum(['queued', 'running', 'active', 'failed', 'compensated', 'needs_human']);
export type OnboardingState = z.infer<typeof OnboardingState>;

const Instants = { startedAt: z.iso.datetime().nullable(), finishedAt: z.iso.datetime().nullable() };

/** What became of it so far. */
export const OnboardingView = z
  .strictObject({
    id: z.uuid(),
    slug: z.string(),
    state: OnboardingState,
    steps: z.array(
      z.strictObject({
        name: z.string(),
        state: z.enum(['pending', 'running', 'done', 'failed', 'undoing', 'undone']),
        ...Instants,
        error: z.string().optional(),
      }),
    ),
    tenantUrl: z.url(),
  })
  .meta({ id: 'Onboarding' });
export type OnboardingView = z.infer<typeof OnboardingView>;

/** What operators are shown beside. */
export const OperatorsOnboardingView = OnboardingView.extend({
  tenantId: z.uuid().nullable(),
  attempt: z.int(),
  direction: z.enum(['forward', 'backward']),
  error: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
}).meta({ id: 'OnboardingForOperators' });
export type OperatorsOnboardingView = z.infer<typeof OperatorsOnboardingView>;
