import { createHash } from 'node:crypto';
import { z } from 'zod';
import { checkSetting } from '#kernel/plugin/setting-key.js';
import { ConfigError } from '#main/config.js';
import { readYamlFile } from '#main/read-yaml-file.js';
import type { SettingCatalogue } from '#workspace/settings/setting-catalogue.js';
import { SettingPresets } from '#workspace/settings/setting-presets.js';

const Values = z.record(z.string(), z.record(z.string(), z.unknown()));
const PresetsFile = z.strictObject({ plans: Values, regions: Values });
type Said = z.infer<typeof Values>;

/** What settings are by plan and region. Raises ConfigError with every name that is no setting and every value that is not of its type. */
export async function readSettingPresets(path: string, catalogue: SettingCatalogue): Promise<SettingPresets> {
  const file = await readYamlFile(path, 'settings.yaml', PresetsFile);
  const problems: string[] = [];
  const [plans, regions] = [checked('plans', file.plans, catalogue, problems), checked('regions', file.regions, catalogue, problems)];
  if (problems.length > 0) throw new ConfigError(problems);
  const version = createHash('sha256').update(JSON.stringify(file)).digest('hex').slice(0, 12);
  return new SettingPresets(version, plans, regions);
}

function checked(part: string, said: Said, catalogue: SettingCatalogue, problems: string[]): Map<string, Map<string, unknown>> {
  const entry = (owner: string, name: string, value: unknown): [string, unknown][] => {
    const key = catalogue.find(name);
    const result = key ? checkSetting(key, value) : { problems: [{ pointer: '', detail: 'is no setting' }] };
    if (!result.problems) return [[name, result.value]];
    problems.push(...result.problems.map(({ pointer, detail }) => `settings.yaml: ${part}.${owner}.${name}${pointer}: ${detail}`));
    return [];
  };
  return new Map(
    Object.entries(said).map(([owner, values]) => [
      owner,
      new Map(Object.entries(values).flatMap(([name, value]) => entry(owner, name, value))),
    ]),
  );
}
