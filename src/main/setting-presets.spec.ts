import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { settingKey } from '#kernel/plugin/setting-key.js';
import { readSettingPresets } from '#main/setting-presets.js';
import { SettingCatalogue } from '#workspace/settings/setting-catalogue.js';

const size = settingKey<number>({ name: 'specs.size', schema: z.int(), default: 1, owner: 'specs', description: 'A size.' });
const catalogue = new SettingCatalogue([size]);

describe('what settings are by plan and region', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-presets-'));
  const path = join(folder, 'settings.yaml');
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    writeFileSync(path, text);
    return readSettingPresets(path, catalogue);
  };

  it('is read with its types', async () => {
    const presets = await read('plans: { big: { specs.size: 9 } }\nregions: { north: { specs.size: 5 } }');
    expect([presets.ofPlan('big', 'specs.size'), presets.ofRegion('north', 'specs.size'), presets.ofPlan('small', 'specs.size')]).toEqual([
      9,
      5,
      undefined,
    ]);
    expect(presets.version).toMatch(/^[0-9a-f]{12}$/);
  });

  it('is refused as a whole, with every problem', async () => {
    await expect(read('plans: { big: { specs.size: many, no.such: 1 } }\nregions: {}')).rejects.toMatchObject({
      problems: [expect.stringContaining('settings.yaml: plans.big.specs.size'), 'settings.yaml: plans.big.no.such: is no setting'],
    });
  });
});

describe('the settings there are', () => {
  it('have one name each and a default that they take', () => {
    expect(() => new SettingCatalogue([size, { ...size }])).toThrow('specs.size is declared twice');
    expect(() => new SettingCatalogue([{ ...size, default: 'x' }])).toThrow('default of specs.size');
  });
});
