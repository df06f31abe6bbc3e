import { z } from 'zod';
import type { SettingKey } from '#kernel/plugin/setting-key.js';
import type { Resolution } from './resolution.js';
import type { SettingExplanation, SettingView } from './setting.schemas.js';

/** A setting with what counts now. */
export function settingView(key: SettingKey, { value, winner, sources }: Resolution): SettingView {
  const own = sources.find(({ source }) => source === 'tenant');
  return {
    key: key.name,
    description: key.description,
    owner: key.owner,
    schema: jsonSchemaOf(key),
    value,
    source: winner,
    own: own?.value === undefined ? null : { value: own.value, until: own.until?.toISOString() ?? null },
    version: Number(own?.version ?? 0),
  };
}

/** A resolution with everything it looked at. */
export function explanationOf(key: string, { value, winner, reason, sources }: Resolution): SettingExplanation {
  const times = ({ at, until }: Resolution['sources'][number]) => ({ at: at?.toISOString() ?? null, until: until?.toISOString() ?? null });
  return { key, value, winner, reason, sources: sources.map((source) => ({ ...source, ...times(source) })) };
}

function jsonSchemaOf({ schema }: SettingKey): Record<string, unknown> {
  // Every part of the product describes its settings with zod; the kernel only knows that they can be checked.
  const described = z.toJSONSchema(schema as z.ZodType, { unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(described).filter(([name]) => !['$schema', '~standard'].includes(name)));
}
