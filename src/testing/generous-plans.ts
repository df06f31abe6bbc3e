import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '#main/project-folder.js';

/** The setting that gives a process of its own the product's plans with rates that no load reaches: what is tried there is not the limiter. */
export async function generousPlans(): Promise<{ PLANS: string }> {
  const text = await readFile(join(projectFolder(), 'provisioning/plans.yaml'), 'utf8');
  const file = join(await mkdtemp(join(process.env['TENANTRY_TEST_DATA'] ?? tmpdir(), 'plans-')), 'plans.yaml');
  await writeFile(file, text.replace(/limit: \d+/g, 'limit: 1000000'));
  return { PLANS: file };
}
