import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';

const top = join(import.meta.dirname, '../..');
type Yaml = ReturnType<typeof parse>;
const read = (path: string): Yaml => parse(readFileSync(join(top, path), 'utf8'), { merge: true });
const regions: Record<string, { clusters: string[] }> = read('provisioning/regions.yaml').regions;
const clusters = Object.entries(regions).flatMap(([region, of]) => of.clusters.map((name) => ({ name, region })));
const byName = (list: { name: string; region: string }[]) =>
  list.map(({ name, region }) => ({ name, region })).sort((a, b) => (a.name < b.name ? -1 : 1));

describe('each region of provisioning/regions.yaml', () => {
  it('has its own values for the chart, which name it', () => {
    const values = readdirSync(join(top, 'helm')).flatMap((file) => /^values-(.+)\.yaml$/.exec(file)?.[1] ?? []);
    expect(values.sort()).toEqual(Object.keys(regions).sort());
    for (const region of values) expect(read(`helm/values-${region}.yaml`).region).toBe(region);
  });

  it('has the same clusters when it is started on a laptop', async () => {
    const embedded = await import(pathToFileURL(join(top, 'tools/start/regions.mjs')).href);
    expect(byName(embedded.clusters)).toEqual(byName(clusters));
  });

  it('has a PostgreSQL server for each cluster in docker-compose.yml', () => {
    const compose = read('docker-compose.yml');
    expect(byName(JSON.parse(compose.configs.clusters.content).clusters)).toEqual(byName(clusters));
    for (const { name } of clusters) expect(compose.services[name].image).toMatch(/^postgres:18/);
  });
});

describe('the settings of the containers', () => {
  it('are known to the configuration', () => {
    const known = new Set(
      readFileSync(join(top, 'src/main/config.ts'), 'utf8')
        .match(/^ {2}[A-Z][A-Z_]+(?=:)/gm)
        ?.map((name) => name.trim()),
    );
    const chart = readFileSync(join(top, 'helm/templates/_pod.tpl'), 'utf8').matchAll(/name: ([A-Z][A-Z_]+)/g);
    const { api, up } = read('docker-compose.yml').services;
    const given = [...[...chart].map(([, name]) => name), ...Object.keys(api.environment), ...Object.keys(up.environment)];
    expect(given).toContain('CLUSTERS');
    expect(given.filter((name) => name !== 'NODE_EXTRA_CA_CERTS' && !known.has(String(name)))).toEqual([]);
  });
});
