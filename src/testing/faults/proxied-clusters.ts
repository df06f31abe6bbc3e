import { readFile, writeFile } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TcpProxy } from '#testing/tcp-proxy.js';

interface ClustersFile {
  clusters: { name: string; appUrl: string; provisionUrl: string }[];
}

/** The clusters of the test run, the first one's requests by way of a proxy: its own pool, its own budget, and backends that can be told apart. */
export interface ProxiedClusters {
  readonly proxy: TcpProxy;
  /** To be given to a platform. */
  readonly settings: { readonly CLUSTERS: string };
  /** As a superuser, and not through the proxy. */
  readonly provisionUrl: string;
}

/** Close the proxy when done. */
export async function proxiedClusters(): Promise<ProxiedClusters> {
  const file = JSON.parse(await readFile(String(process.env['CLUSTERS']), 'utf8')) as ClustersFile;
  const [first, ...others] = file.clusters;
  if (!first) throw new Error('the test run has no cluster');
  const proxy = await TcpProxy.to(first.appUrl);
  const path = join(mkdtempSync(join(process.env['TENANTRY_TEST_DATA'] ?? tmpdir(), 'clusters-')), 'clusters.json');
  await writeFile(path, JSON.stringify({ clusters: [{ ...first, appUrl: proxy.through(first.appUrl) }, ...others] }), { mode: 0o600 });
  return { proxy, settings: { CLUSTERS: path }, provisionUrl: first.provisionUrl };
}
