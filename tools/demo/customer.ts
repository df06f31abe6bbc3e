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

/** Signs up one tenant of each plan in each region, and in the first a second Starter beside the first; names are fresh, so it can be repeated. */
export async function signUpCustomers(tenantry: CommandLine, regions: readonly string[]): Promise<Customer[]> {
  const batch = randomBytes(3).toString('hex');
  const wanted = regions.flatMap((region, index) => {
    const plans = index === 0 ? ['starter', ...PLANS] : PLANS;
    return plans.map((plan, number) => ({ plan, region, slug: `demo-${plan}${number + 1}-${region}-${batch}` }));
  });
  const customers: Customer[] = [];
  for (const { plan, region, slug } of wanted) {
    const about = ['--name', slug, '--slug', slug, '--admin-email', `admin@${slug}.example`, '--plan', plan, '--region', region];
    const [made] = await tenantry.run(['tenant', 'create', ...about, '--wait', '--json']);
    customers.push(made as Customer);
  }
  return customers;
}
