import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type FlagDeclaration, FLAGS } from '#kernel/flags/flag-registry.js';
import { plugins } from '#main/plugins.js';
import { readSettingPresets } from '#main/setting-presets.js';
import { SettingCatalogue } from '#workspace/settings/setting-catalogue.js';

const top = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(top, path), 'utf8');

interface Constraint {
  contextName: string;
  values?: string[];
}
interface FlagsFile {
  at: string;
  features: { name: string; type: string; strategies: { constraints?: Constraint[] }[] }[];
  segments: { constraints?: Constraint[] }[];
}

describe('provisioning/flags.json', () => {
  const { at, features, segments } = JSON.parse(read('provisioning/flags.json')) as FlagsFile;

  it('says of every flag in code what it is, and of no other', () => {
    const declared = Object.entries<FlagDeclaration>(FLAGS).map(([name, { type }]) => ({ name, type }));
    expect(features.map(({ name, type }) => ({ name, type }))).toEqual(declared);
    expect(Date.parse(at)).toBeLessThan(Date.now());
  });

  it('names no more than 50 tenants in one condition: who has what is kept as an entitlement, not as a list in a flag', () => {
    const conditions = [...features.flatMap(({ strategies }) => strategies), ...segments].flatMap(({ constraints = [] }) => constraints);
    for (const { contextName, values = [] } of conditions)
      expect([contextName, contextName !== 'tenantId' || values.length <= 50]).toEqual([contextName, true]);
  });
});

describe('provisioning/settings.yaml', () => {
  it('speaks of settings, plans and regions that there are', async () => {
    await readSettingPresets(
      join(top, 'provisioning/settings.yaml'),
      new SettingCatalogue(plugins.flatMap(({ settings = [] }) => settings)),
    );
    const said = parse(read('provisioning/settings.yaml'));
    const known = (file: string, part: string): unknown[] => Object.keys(parse(read(file))[part]);
    expect(known('provisioning/plans.yaml', 'plans')).toEqual(expect.arrayContaining(Object.keys(said.plans)));
    expect(known('provisioning/regions.yaml', 'regions')).toEqual(expect.arrayContaining(Object.keys(said.regions)));
  });
});
