import { z } from 'zod';
import { type SettingKey, settingKey } from '#kernel/plugin/setting-key.js';

/**
 * The switch of a feature: on as long as the plan has it, its flag (if any) is on, and neither the tenant nor the platform has switched it
 * off. Nothing opens what the plan does not have.
 */
export function featureKey(
  feature: string,
  more: Pick<SettingKey, 'owner' | 'description'> & Pick<NonNullable<SettingKey['gate']>, 'flag'>,
): SettingKey<boolean> {
  const { owner, description, flag } = more;
  return settingKey({
    name: `features.${feature}`,
    schema: z.boolean(),
    default: true,
    owner,
    description,
    narrow: (own, given) => own && given,
    gate: { feature, ...(flag !== undefined && { flag }) },
  });
}
