import { checkSetting, type SettingKey } from '#kernel/plugin/setting-key.js';
import type { SettingCatalogue } from './setting-catalogue.js';
import { SettingInvalidError, SettingUnknownError } from './setting.errors.js';

/** Of the JSON of one value. */
const LONGEST = 8_000;

/** A value that a setting takes, as its schema made it and as it is kept. */
export interface AcceptedSetting {
  readonly key: SettingKey;
  readonly value: unknown;
  readonly json: string;
}

/** For whoever writes one down. Raises SettingUnknownError and SettingInvalidError. */
export function acceptSetting(
  catalogue: SettingCatalogue,
  name: string,
  { value, until }: { readonly value: unknown; readonly until: Date | null },
  now: Date,
): AcceptedSetting {
  const key = catalogue.find(name);
  if (!key) throw new SettingUnknownError(name);
  const refuse = (pointer: string, detail: string): SettingInvalidError => new SettingInvalidError(name, [{ pointer, detail }]);
  const checked = checkSetting(key, value);
  if (checked.problems)
    throw new SettingInvalidError(
      name,
      checked.problems.map(({ pointer, detail }) => ({ pointer: `/value${pointer}`, detail })),
    );
  if (until !== null && until <= now) throw refuse('/until', 'must be in the future');
  const json = JSON.stringify(checked.value);
  if (json.length > LONGEST) throw refuse('/value', 'is too long');
  // PostgreSQL keeps every character but this one.
  if (json.includes('\\u0000')) throw refuse('/value', 'holds a character that cannot be kept');
  return { key, value: checked.value, json };
}
