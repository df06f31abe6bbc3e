import type { MikroORM } from '@mikro-orm/postgresql';

/** A place on record, and whose it is; null while it is kept ready for somebody. */
export interface RecordedPlace {
  readonly tenantId: string | null;
  readonly cluster: string;
  /** What is this tenant's alone, by name; null when it shares it. */
  readonly ownSchema: string | null;
  readonly ownDatabase: string | null;
  readonly secret: string | null;
  /** Whether its tenant is just being made or erased, so that some of it is not there. */
  readonly isInFlux: boolean;
}

const IS_IN_FLUX = `(t.status = 'provisioning' or exists (select from tenant_retention r where r.tenant_id = t.id and r.state = 'erasing'))`;

/** What must not be taken for nobody's: every tenant of whatever status, and every place on record. */
export class KnownTenants {
  constructor(private readonly catalog: MikroORM) {}

  async ids(): Promise<ReadonlySet<string>> {
    const rows = await this.catalog.em.fork().execute<{ id: string }[]>('select id from tenant');
    return new Set(rows.map(({ id }) => id));
  }

  /** Those whose home and fence are as the catalog says: not who is being made, and not whose erasure has begun. */
  async settled(): Promise<ReadonlySet<string>> {
    const rows = await this.catalog.em.fork().execute<{ id: string }[]>(`select t.id from tenant t where not ${IS_IN_FLUX}`);
    return new Set(rows.map(({ id }) => id));
  }

  places(): Promise<RecordedPlace[]> {
    return this.catalog.em.fork().execute<RecordedPlace[]>(
      `select p.tenant_id as "tenantId", p.cluster, p.secret, case p.kind when 'schema' then p.schema end as "ownSchema",
           case p.kind when 'database' then p.database end as "ownDatabase", ${IS_IN_FLUX} as "isInFlux"
           from placement p join tenant t on t.id = p.tenant_id
         union all select null, cluster, secret, case kind when 'schema' then schema end, case kind when 'database' then database end, false
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
