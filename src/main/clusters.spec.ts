import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClusters } from '#main/clusters.js';
import { ConfigError } from '#main/config.js';
import { readPlans } from '#main/plans.js';

const SECRET = 'canary-secret-of-a-cluster';
const cluster = { name: 'eu-west-1', region: 'eu-west', appUrl: `postgres://tenantry_app:${SECRET}@db.internal/tenantry` };

describe('the clusters file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-clusters-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const holding = (text: string): string => {
    const path = join(folder, 'clusters.yaml');
    writeFileSync(path, text);
    return path;
  };

  async function problemsOf(reading: Promise<unknown>): Promise<readonly string[]> {
    const error: unknown = await reading.then(
      () => new ConfigError([]),
      (raised: unknown) => raised,
    );
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }

  it('is read as YAML or JSON', async () => {
    expect(await readClusters(holding(JSON.stringify({ clusters: [cluster] })), true)).toEqual([cluster]);
  });

  it.each([
    ['a quote that does not end', `clusters:\n  - appUrl: "postgres://u:${SECRET}@db/x\n`],
    ['a mapping inside a value', `clusters:\n  - appUrl: a: ${SECRET}\n`],
    ['a key that stands twice', `${SECRET}: 1\n${SECRET}: 2\n`],
    ['an alias of nothing', `clusters: *${SECRET}\n`],
  ])('names the place of %s, and quotes nothing of it', async (_what, text) => {
    const problems = await problemsOf(readClusters(holding(text)));
    expect(problems).toEqual([expect.stringMatching(/^CLUSTERS: is not YAML(, from line \d+, column \d+)?$/)]);
  });

  it('warns of nothing on standard error, because a warning quotes the line', async () => {
    const warned: unknown[] = [];
    const keep = (warning: unknown): void => void warned.push(warning);
    process.on('warning', keep);
    await problemsOf(readClusters(holding(`clusters: !unheard-of ${SECRET}\n`)));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', keep);
    expect(warned).toEqual([]);
  });

  it('has passwords of 16 characters where that is asked for, and every one that has not is listed', async () => {
    const weak = { ...cluster, appUrl: 'postgres://u:%zz@db/x', migratorUrl: 'postgres://u@db/x', provisionUrl: cluster.appUrl };
    const path = holding(JSON.stringify({ clusters: [cluster, { ...weak, name: 'us-east-1' }] }));
    expect(await readClusters(path)).toHaveLength(2);
    expect(await problemsOf(readClusters(path, true))).toEqual([
      'CLUSTERS: clusters.1.appUrl: has no password of 16 characters',
      'CLUSTERS: clusters.1.migratorUrl: has no password of 16 characters',
    ]);
  });

  it('and the plans are refused as settings when they are not there or not YAML', async () => {
    const missing = join(folder, 'missing.yaml');
    expect(await problemsOf(readClusters(missing))).toEqual([`CLUSTERS: the file ${missing} cannot be read`]);
    expect(await problemsOf(readPlans(missing))).toEqual([`plans.yaml: the file ${missing} cannot be read`]);
    expect(await problemsOf(readPlans(holding('plans: "')))).toEqual([expect.stringMatching(/^plans\.yaml: is not YAML, from line 1/)]);
  });
});
