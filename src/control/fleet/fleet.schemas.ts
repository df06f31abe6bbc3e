import { z } from 'zod';
import { RUN_STATES } from '#catalog/fleet/migration-run.js';
import { PLACEMENT_KINDS } from '#kernel/tenancy/placement.js';
import { Limit, Text } from '#workspace/schemas.js';
import { Reason } from '../operators/reason.js';
import { RUN_DEFAULTS } from './fleet-desk.js';

/** As the command line writes them: of all, in hundredths at the finest. */
const Percent = z.number().positive().max(100).multipleOf(0.01);
const Name = Text.max(300);

/** How a run goes about it, and over what; everything that is not said is the command line's default. */
export const BeginRun = z
  .strictObject({
    tier: z.enum(PLACEMENT_KINDS).optional(),
    region: Name.optional(),
    tenants: z.array(z.uuid()).min(1).max(10_000).optional(),
    canary: z.int().min(0).max(1_000).default(RUN_DEFAULTS.canary),
    concurrency: z.int().min(1).max(32).default(RUN_DEFAULTS.concurrency),
    maxFailures: z
      .union([z.strictObject({ count: z.int().min(0).max(1_000_000) }), z.strictObject({ percent: Percent })])
      .default(RUN_DEFAULTS.maxFailures),
    lockTimeoutMs: z.int().min(10).max(60_000).default(RUN_DEFAULTS.lockTimeoutMs),
    reason: Reason,
  })
  .meta({ id: 'BeginRun' });
export type BeginRun = z.infer<typeof BeginRun>;

/** Which of the targets that failed are tried again; all when none is named. */
export const ResumeRun = z.strictObject({ targets: z.array(Name).min(1).max(10_000).optional(), reason: Reason }).meta({ id: 'ResumeRun' });
export type ResumeRun = z.infer<typeof ResumeRun>;

export const RunId = z.uuid();
export const ListRuns = z.strictObject({ limit: Limit.default(50), cursor: z.string().optional() });
export type ListRuns = z.infer<typeof ListRuns>;

const Counts = z.strictObject({ total: z.int(), migrated: z.int(), failed: z.int(), skipped: z.int(), pending: z.int() });

export const RunView = z
  .strictObject({
    run: z.uuid(),
    state: z.enum(RUN_STATES),
    version: z.string(),
    wave: z.int(),
    targets: Counts,
    requestedBy: z.string(),
    reason: z.string().nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'MigrationRun' });
export type RunView = z.infer<typeof RunView>;

/** A run with what failed in it, and what was passed over and why. */
export const RunDetail = RunView.extend({
  failures: z.array(z.strictObject({ target: z.string(), error: z.string().nullable() })),
  skipped: z.array(z.strictObject({ target: z.string(), error: z.string().nullable() })),
}).meta({ id: 'MigrationRunDetail' });
export type RunDetail = z.infer<typeof RunDetail>;

export const RunPage = z.strictObject({ data: z.array(RunView), nextCursor: z.string().nullable() }).meta({ id: 'MigrationRunPage' });
export type RunPage = z.infer<typeof RunPage>;

/** Every home that is behind, and how many there are in all. */
export const FleetStatus = z
  .strictObject({
    newest: z.string(),
    total: z.int(),
    behind: z.int(),
    targets: z.array(
      z.strictObject({
        target: z.string(),
        tier: z.enum(PLACEMENT_KINDS),
        tenantId: z.string().nullable(),
        slug: z.string().nullable(),
        version: z.string().nullable(),
        pending: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'FleetStatus' });
export type FleetStatus = z.infer<typeof FleetStatus>;
