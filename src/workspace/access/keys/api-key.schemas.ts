import { z } from 'zod';
import { Text } from '#workspace/schemas.js';

const Name = Text.trim().min(1).max(100);

/** A new key; without permissions it is made with all that its maker has and a machine can use. */
export const CreateApiKey = z
  .strictObject({
    name: Name,
    permissions: z
      .array(z.string().max(100))
      .min(1)
      .max(200)
      .transform((names) => [...new Set(names)])
      .optional(),
  })
  .meta({ id: 'CreateApiKey' });
export type CreateApiKey = z.infer<typeof CreateApiKey>;

export const ApiKeyId = z.uuid().toLowerCase();

const KEY = {
  id: z.uuid(),
  name: z.string(),
  permissions: z.array(z.string()).nullable(),
  createdBy: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
};

/** A key as callers see it; permissions are null for an operator's, which has all that needs no person. */
export const ApiKeyView = z.strictObject(KEY).meta({ id: 'ApiKey' });
export type ApiKeyView = z.infer<typeof ApiKeyView>;

/** The key itself is in no other answer. */
export const CreatedApiKey = z.strictObject({ ...KEY, key: z.string() }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

/** Newest first; all of them. */
export const ApiKeyPage = z.strictObject({ data: z.array(ApiKeyView), nextCursor: z.null() }).meta({ id: 'ApiKeyPage' });
export type ApiKeyPage = z.infer<typeof ApiKeyPage>;
