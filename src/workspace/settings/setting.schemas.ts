import { z } from 'zod';
import { Instant } from '#workspace/schemas.js';
import { SETTING_SOURCES } from './resolution.js';

/** The name of a setting; whether there is one of it is another question. */
export const SettingName = z.string().regex(/^[a-z][a-z0-9-]{0,40}\.[a-z][a-z0-9-]{0,40}$/);

const Value = z.unknown().describe('JSON, as the schema of the setting says.');

/** What a setting is to be, for good or until a time. */
export const SetSetting = z
  .strictObject({
    value: Value.refine((value) => value !== undefined, { error: 'is needed' }),
    until: Instant.nullable().default(null),
  })
  .meta({ id: 'SetSetting' });
export type SetSetting = z.infer<typeof SetSetting>;

/** A setting as callers see it: what counts now and where it comes from, what the tenant says itself, and the version to send as If-Match. */
export const SettingView = z
  .strictObject({
    key: z.string(),
    description: z.string(),
    owner: z.string(),
    schema: z.record(z.string(), z.unknown()).describe('JSON Schema of the values it takes.'),
    value: Value,
    source: z.enum(SETTING_SOURCES),
    own: z.strictObject({ value: Value, until: z.iso.datetime().nullable() }).nullable(),
    version: z.int(),
  })
  .meta({ id: 'Setting' });
export type SettingView = z.infer<typeof SettingView>;

/** All of them, by name. */
export const SettingList = z.strictObject({ data: z.array(SettingView) }).meta({ id: 'SettingList' });
export type SettingList = z.infer<typeof SettingList>;

/** Why a setting is what it is: every source that was looked at, the first that counts first. */
export const SettingExplanation = z
  .strictObject({
    key: z.string(),
    value: Value,
    winner: z.enum(SETTING_SOURCES),
    reason: z.string(),
    sources: z.array(
      z.strictObject({
        source: z.enum(SETTING_SOURCES),
        state: z.enum(['used', 'outranked', 'absent', 'over', 'invalid']),
        value: Value.optional(),
        version: z.string().nullable(),
        at: z.iso.datetime().nullable(),
        until: z.iso.datetime().nullable(),
      }),
    ),
  })
  .meta({ id: 'SettingExplanation' });
export type SettingExplanation = z.infer<typeof SettingExplanation>;
