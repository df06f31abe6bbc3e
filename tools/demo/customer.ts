import { randomBytes } from 'node:crypto';
import type { CommandLine } from '#tools/demo/command-line.js';

/** A tenant that was signed up for the demo. */
export interface Customer {
  readonly id: string;
  readonly slug: string;
  readonly plan: string;
  readonly region: string;
  readonly placement: { readonly kind: string; readonly cluster: string; readonly database: string; readonly schema: string };
  readonly apiKey: string;
}

const PLANS = ['starter', 'professional', 'enterprise'];

/**
 * Signs up one tenant of each plan in each region, and in the first a second Starter beside the first; names are fresh, so it can be repeated.
 * Regions are signed up beside each other.
 */
export async function signUpCustomers(tenantry: CommandLine, regions: readonly string[]): Promise<Customer[]> {
  const batch = randomBytes(3).toString('hex');
  const ofRegions = regions.map(async (region, index) => {
    const customers: Customer[] = [];
    for (const [number, plan] of (index === 0 ? ['starter', ...PLANS] : PLANS).entries())
      customers.push(await signUp(tenantry, plan, region, `demo-${plan}${number + 1}-${region}-${batch}`));
    return customers;
  });
  return (await Promise.all(ofRegions)).flat();
}

async function signUp(tenantry: CommandLine, plan: string, region: string, slug: string): Promise<Customer> {
  const about = ['--name', slug, '--slug', slug, '--admin-email', `admin@${slug}.example`, '--plan', plan, '--region', region];
  const [made] = await tenantry.run(['tenant', 'create', ...about, '--wait', '--json']);
  return made as Customer;
}
