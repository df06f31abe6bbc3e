import { z } from 'zod';
import { Reason } from '#control/operators/reason.js';
import { SetSetting } from '#workspace/settings/setting.schemas.js';

/** What is decided, until when, and why. */
export const OverrideSetting = z.strictObject({ ...SetSetting.shape, reason: Reason }).meta({ id: 'OverrideSetting' });
export type OverrideSetting = z.infer<typeof OverrideSetting>;

export const EndOverride = z.strictObject({ reason: Reason }).meta({ id: 'EndSettingOverride' });
export type EndOverride = z.infer<typeof EndOverride>;

/** What operators decided of a tenant's settings, also what is over. */
export const SettingOverrideList = z
  .strictObject({
    data: z.array(
      z.strictObject({
        key: z.string(),
        value: z.unknown(),
        until: z.iso.datetime().nullable(),
        reason: z.string(),
        by: z.string(),
        version: z.int(),
        at: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'SettingOverrides' });
export type SettingOverrideList = z.infer<typeof SettingOverrideList>;
