import type { MikroORM } from '@mikro-orm/postgresql';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';

/** A server that a customer brought for its tenant alone. */
export interface OwnCluster {
  readonly name: string;
  readonly region: string;
  /** The tenant may not be there yet: the server comes first. */
  readonly tenantId: string;
  /** What the names of its secrets in the key vault begin with. */
  readonly secret: string;
}

const COLUMNS = `name, region, tenant_id as "tenantId", secret`;

/** The servers that customers brought, as the catalog has them; what opens them is in the key vault. The platform's own are in the file of clusters. */
export class OwnClusters {
  constructor(
    private readonly catalog: MikroORM,
    private readonly audit = new PlatformAudit(catalog),
  ) {}

  list(): Promise<OwnCluster[]> {
    return this.#read(`where kind = 'own' order by name`, []);
  }

  async find(name: string): Promise<OwnCluster | null> {
    return (await this.#read(`where kind = 'own' and name = ?`, [name]))[0] ?? null;
  }

  async ofTenant(tenantId: string): Promise<OwnCluster | null> {
    return (await this.#read(`where kind = 'own' and tenant_id = ?`, [tenantId]))[0] ?? null;
  }

  /** One a tenant; added again it stays as it is. Whether it was not there. */
  async add({ name, region, tenantId, secret }: OwnCluster): Promise<boolean> {
    return this.catalog.em.fork().transactional(async (em) => {
      const added = await em.execute<object[]>(
        `insert into cluster (name, region, kind, tenant_id, secret) values (?, ?, 'own', ?, ?) on conflict (name) do nothing returning name`,
        [name, region, tenantId, secret],
      );
      if (added.length > 0)
        await this.audit.record(em, { action: 'cluster.attach', targets: targetsOf(name, tenantId), details: { region } });
      return added.length > 0;
    });
  }

  /** Whether a tenant is placed there. */
  async isInUse(name: string): Promise<boolean> {
    const placed = await this.catalog.em.fork().execute<object[]>('select tenant_id from placement where cluster = ? limit 1', [name]);
    return placed.length > 0;
  }

  /** Succeeds when it is gone. Raises a foreign key's error while a tenant is placed there. */
  async remove({ name, tenantId }: OwnCluster): Promise<void> {
    await this.catalog.em.fork().transactional(async (em) => {
      const gone = await em.execute<object[]>(`delete from cluster where name = ? and kind = 'own' returning name`, [name]);
      if (gone.length > 0) await this.audit.record(em, { action: 'cluster.detach', targets: targetsOf(name, tenantId) });
    });
  }

  #read(which: string, values: string[]): Promise<OwnCluster[]> {
    return this.catalog.em.fork().execute<OwnCluster[]>(`select ${COLUMNS} from cluster ${which}`, values);
  }
}

function targetsOf(name: string, tenantId: string): { readonly type: string; readonly id: string }[] {
  return [tenantTarget(tenantId), { type: 'cluster', id: name }];
}
