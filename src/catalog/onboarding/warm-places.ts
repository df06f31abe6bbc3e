import { randomUUIDv7 } from 'node:crypto';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Placement } from '#kernel/tenancy/placement.js';

/** A kind of place that can be made before anybody asks for it. */
export type WarmKind = Exclude<Placement['kind'], 'row'>;

/** The names of a place, with nobody in it. */
export type PlaceNames = Pick<Placement, 'cluster' | 'database' | 'schema' | 'secret'> & { readonly kind: WarmKind };

/** A place in the pool; `version` is the newest migration it has, or is to have while it is being made. */
export interface WarmPlace extends PlaceNames {
  readonly id: string;
  readonly version: string;
  readonly state: 'making' | 'ready' | 'broken';
}

const COLUMNS = 'id, cluster, kind, database, schema, secret, version, state';

/** The places that wait for a tenant, as the catalog has them. */
export class WarmPlaces {
  constructor(private readonly catalog: MikroORM) {}

  /** Gives a place that is ready to whoever the caller's transaction is for, and forgets it; null when there is none. Two never get the same. */
  async take(em: EntityManager, { cluster, kind }: Pick<Placement, 'cluster' | 'kind'>): Promise<WarmPlace | null> {
    const [taken] = await em.execute<WarmPlace[]>(
      `delete from warm_place where id = (
         select id from warm_place where cluster = ? and kind = ? and state = 'ready' order by created_at limit 1 for update skip locked)
       returning ${COLUMNS}`,
      [cluster, kind],
    );
    return taken ?? null;
  }

  /** Notes places that are to be made, until there are so many of the kind on the cluster; one that is broken counts until it is gone. */
  async plan(cluster: string, kind: WarmKind, wanted: number, version: string, name: () => PlaceNames): Promise<void> {
    await this.catalog.em.fork().transactional(async (em) => {
      await em.execute(`select pg_advisory_xact_lock(hashtext(?))`, [`tenantry.warm.${cluster}.${kind}`]);
      const [known] = await em.execute<{ count: number }[]>(
        'select count(*)::integer as count from warm_place where cluster = ? and kind = ?',
        [cluster, kind],
      );
      for (let count = known?.count ?? 0; count < wanted; count += 1) {
        const { database, schema, secret } = name();
        await em.execute(
          `insert into warm_place (id, cluster, kind, database, schema, secret, version, state) values (?, ?, ?, ?, ?, ?, ?, 'making')`,
          [randomUUIDv7(), cluster, kind, database, schema, secret, version],
        );
      }
    });
  }

  /** What somebody has to do: places that are being made or are broken, and those of another version, which nobody is given from now on. */
  async due(cluster: string, version: string): Promise<WarmPlace[]> {
    return this.catalog.em.fork().execute<WarmPlace[]>(
      `with stale as (update warm_place set state = 'making', version = ? where cluster = ? and state = 'ready' and version < ? returning ${COLUMNS})
       select ${COLUMNS} from stale union all select ${COLUMNS} from warm_place where cluster = ? and state <> 'ready'`,
      [version, cluster, version, cluster],
    );
  }

  /** Everything in the pool. */
  async all(): Promise<WarmPlace[]> {
    return this.catalog.em.fork().execute<WarmPlace[]>(`select ${COLUMNS} from warm_place order by created_at`);
  }

  /** The place may be taken from now on. */
  async ready(id: string, version: string): Promise<void> {
    await this.#set(`state = 'ready', version = ?, error = null`, [version, id]);
  }

  /** The place is not to be used; it is taken away the next time. */
  async broken(id: string, error: string): Promise<void> {
    await this.#set(`state = 'broken', error = ?`, [error, id]);
  }

  /** The place is gone. */
  async forget(id: string): Promise<void> {
    await this.catalog.em.fork().execute('delete from warm_place where id = ?', [id]);
  }

  async #set(what: string, values: unknown[]): Promise<void> {
    await this.catalog.em.fork().execute(`update warm_place set ${what} where id = ? and state = 'making'`, values);
  }
}
