import { z } from 'zod';

/** `live=true` asks every active tenant now, and waits for each so many milliseconds at most. */
export const AskMetrics = z.strictObject({
  live: z.enum(['true', 'false']).default('false'),
  timeoutMs: z.preprocess(
    (text) => (typeof text === 'string' && /^\d{2,4}$/.test(text) ? Number(text) : text),
    z.int().min(50).max(5_000).default(1_000),
  ),
});
export type AskMetrics = z.infer<typeof AskMetrics>;

const Counts = z.record(z.string(), z.int());

/** A figure over active tenants, with how fresh it is: when the part that was counted longest ago was, the latest, and how many tenants are not in it. */
const Figure = z
  .strictObject({ value: z.int(), oldest: z.iso.datetime().nullable(), newest: z.iso.datetime().nullable(), missing: z.int() })
  .meta({ id: 'PlatformFigure' });

const Pool = z.strictObject({ total: z.int(), idle: z.int(), waiting: z.int() });

/** How much of everything there is. */
export const MetricsView = z
  .strictObject({
    source: z.enum(['rollups', 'live']),
    asOf: z.iso.datetime(),
    complete: z.boolean().describe('Whether every active tenant is in the figures.'),
    unreachable: z
      .array(z.strictObject({ tenantId: z.uuid(), slug: z.string(), reason: z.string() }))
      .describe('Of a live look: whom it is without, and why.'),
    tenants: z.strictObject({ total: z.int(), byStatus: Counts, byPlan: Counts, byRegion: Counts }),
    users: Figure,
    activeUsers30d: Figure,
    usage: z.strictObject({ tickets: Figure, storageBytes: Figure }),
    revenue: z
      .array(z.strictObject({ currency: z.string(), monthlyAmount: z.int().describe('Minor units.'), subscriptions: z.int() }))
      .nullable()
      .describe('Of the subscriptions that are paid for; null where nothing is sold.'),
    schemaVersions: z.array(z.strictObject({ version: z.string().nullable(), tenants: z.int() })),
    connections: z
      .strictObject({ clusters: z.record(z.string(), Pool), databases: Pool.extend({ open: z.int() }) })
      .describe('Of the process that answers.'),
  })
  .meta({ id: 'PlatformMetrics' });
export type MetricsView = z.infer<typeof MetricsView>;
