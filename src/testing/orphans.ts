import { openDoctor } from '#main/open-doctor.js';
import type { TestPlatform } from '#testing/test-platform.js';

/**
 * Whatever of a platform is not as it should be, as the doctor sees it: what belongs to nobody among schemas, databases, roles, rows, secrets
 * and customers of the payment provider, what is missing, and what is stuck. Only on servers that nobody else uses is it about one spec's doing.
 */
export async function orphansOf({ platform, provisioning }: TestPlatform): Promise<string[]> {
  const doctor = await openDoctor(platform, provisioning, { sparedMs: 0 });
  const found: string[] = [];
  for await (const { name, error, findings } of doctor.examine(false)) {
    // Specs have no worker: nobody does what the tenants' own jobs are late with.
    if (name === 'jobs') continue;
    if (error !== undefined) found.push(`${name}: ${error}`);
    found.push(...findings.map(({ subject, problem }) => `${subject} ${problem}`));
  }
  return found;
}
