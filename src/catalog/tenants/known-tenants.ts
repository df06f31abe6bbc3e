import type { MikroORM } from '@mikro-orm/postgresql';

/** A place on record, and whose it is; null while it is kept ready for somebody. */
export interface RecordedPlace {
  readonly tenantId: string | null;
  readonly cluster: string;
  /** What is this tenant's alone, by name; null when it shares it. */
  readonly ownSchema: string | null;
  readonly ownDatabase: string | null;
  readonly secret: string | null;
}

/** What must not be taken for nobody's: every tenant of whatever status, and every place on record. */
export class KnownTenants {
  constructor(private readonly catalog: MikroORM) {}

  async ids(): Promise<ReadonlySet<string>> {
    const rows = await this.catalog.em.fork().execute<{ id: string }[]>('select id from tenant');
    return new Set(rows.map(({ id }) => id));
  }

  places(): Promise<RecordedPlace[]> {
    return this.catalog.em.fork().execute<RecordedPlace[]>(
      `select tenant_id as "tenantId", cluster, secret, case kind when 'schema' then schema end as "ownSchema",
           case kind when 'database' then database end as "ownDatabase" from placement
         union all select null, cluster, secret, case kind when 'schema' then schema end, case kind when 'database' then database end
           from warm_place order by 1`,
    );
  }

  /** Who is a customer of the payment provider, by its id there. */
  customers(): Promise<{ readonly tenantId: string; readonly customerId: string }[]> {
    return this.catalog.em
      .fork()
      .execute<{ tenantId: string; customerId: string }[]>(
        'select tenant_id as "tenantId", customer_id as "customerId" from billing_customer',
      );
  }
}
