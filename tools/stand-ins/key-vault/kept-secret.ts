import { z } from 'zod';

/** What a client may say about a version apart from its value. */
export const VersionChange = z.object({
  contentType: z.string().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  attributes: z.object({ enabled: z.boolean().nullish(), nbf: z.number().nullish(), exp: z.number().nullish() }).nullish(),
});

export const NewVersion = VersionChange.extend({ value: z.string().max(25_000) });

const KeptVersion = z.object({
  version: z.string(),
  value: z.string(),
  contentType: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  enabled: z.boolean(),
  nbf: z.number().optional(),
  exp: z.number().optional(),
  created: z.number(),
  updated: z.number(),
});

/** One name with all its versions, oldest first; `deletedAt` is set while it is deleted but can be recovered. Times are epoch seconds. */
export const KeptSecret = z.object({ name: z.string(), deletedAt: z.number().optional(), versions: z.array(KeptVersion).min(1) });

export type VersionChange = z.infer<typeof VersionChange>;
export type NewVersion = z.infer<typeof NewVersion>;
export type KeptVersion = z.infer<typeof KeptVersion>;
export type KeptSecret = z.infer<typeof KeptSecret>;
