import pg from 'pg';
import type { Customer } from '#tools/demo/customer.js';
import type { RunningStart } from '#tools/demo/running-start.js';

/** Asks a database as its superuser. */
export async function asking<R extends pg.QueryResultRow>(url: string, text: string, values: readonly unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'tenantry-demo' });
  await client.connect();
  try {
    return (await client.query<R>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** The rows of one tenant, in the hands of somebody whom no policy, privilege or trigger stops. */
export class TenantsHome {
  private constructor(
    private readonly url: string,
    private readonly customer: Customer,
  ) {}

  /** Null when the superuser of its server is not known. */
  static of({ clusters }: RunningStart, customer: Customer): TenantsHome | null {
    const { superuserUrl } = clusters[customer.placement.cluster] ?? {};
    if (!superuserUrl) return null;
    const url = new URL(superuserUrl);
    url.pathname = `/${customer.placement.database}`;
    url.searchParams.set('options', '-c session_replication_role=replica');
    return new TenantsHome(url.href, customer);
  }

  /** Runs `update <table> set <change> where tenant_id = <this tenant> and <which>`; `$2` and on are `values`. Gives how many rows it met. */
  async update(table: string, change: string, which: string, values: readonly unknown[]): Promise<number> {
    const { id, placement } = this.customer;
    const text = `update ${pg.escapeIdentifier(placement.schema)}.${table} set ${change} where tenant_id = $1 and ${which} returning 1`;
    return (await asking(this.url, text, [id, ...values])).length;
  }
}
