import type { EntityManager } from '@mikro-orm/postgresql';
import type { OperatorStatus, OperatorTables } from '#catalog/operators/operator-tables.js';
import { rowTime } from '#kernel/model/row-time.js';
import type { OperatorRole } from '#kernel/plugin/platform-permission.js';

/** Somebody who runs the platform, without what they sign in with. */
export interface OperatorCard {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly status: OperatorStatus;
  readonly roles: readonly OperatorRole[];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What is compared when somebody signs in. */
export interface OperatorAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly status: OperatorStatus;
  readonly passwordHash: string | null;
}

/** What of an operator can be changed. */
export type OperatorChange = Pick<OperatorCard, 'name' | 'status' | 'roles'>;

const CARD = ['id', 'email', 'name', 'status', 'roles', 'version', 'created_at', 'updated_at'] as const;
const ACCOUNT = ['id', 'email', 'name', 'status', 'password_hash as passwordHash'] as const;

/** The platform's list of its operators, by whichever entity manager it is given: that of a transaction, or one of its own. */
export class OperatorPeople {
  constructor(private readonly em: EntityManager) {}

  get #tables() {
    return this.em.getKysely<OperatorTables>();
  }

  /** Null when somebody of this address is there already. */
  async add({ id, email, name, roles }: Pick<OperatorCard, 'id' | 'email' | 'name' | 'roles'>, at: Date): Promise<OperatorCard | null> {
    const row = await this.#tables
      .insertInto('operator')
      .values({
        ...{ id, email, name, status: 'invited', roles: [...roles], password_hash: null, password_changed_at: null },
        ...{ version: 1, created_at: at, updated_at: at },
      })
      .onConflict((clash) => clash.column('email').doNothing())
      .returning(CARD)
      .executeTakeFirst();
    return row ? cardOf(row) : null;
  }

  async find(id: string): Promise<OperatorCard | null> {
    const row = await this.#tables.selectFrom('operator').select(CARD).where('id', '=', id).executeTakeFirst();
    return row ? cardOf(row) : null;
  }

  /** The same, as it is until the end of the transaction. */
  async held(id: string): Promise<OperatorCard | null> {
    const row = await this.#tables.selectFrom('operator').select(CARD).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
    return row ? cardOf(row) : null;
  }

  async byEmail(email: string): Promise<OperatorAccount | null> {
    return (await this.#tables.selectFrom('operator').select(ACCOUNT).where('email', '=', email).executeTakeFirst()) ?? null;
  }

  /** As it is now, and until the end of the transaction. */
  async locked(id: string): Promise<OperatorAccount | null> {
    return (await this.#tables.selectFrom('operator').select(ACCOUNT).where('id', '=', id).forNoKeyUpdate().executeTakeFirst()) ?? null;
  }

  /** Newest first, from after a position on; one more than `limit` when there are more. */
  async list(limit: number, after?: { readonly at: Date; readonly id: string }): Promise<OperatorCard[]> {
    let query = this.#tables.selectFrom('operator').select(CARD);
    if (after) query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.at, after.id)));
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(cardOf);
  }

  async change(id: string, { name, status, roles }: OperatorChange, at: Date): Promise<OperatorCard> {
    const row = await this.#tables
      .updateTable('operator')
      .set((eb) => ({ name, status, roles: [...roles], version: eb('version', '+', 1), updated_at: at }))
      .where('id', '=', id)
      .returning(CARD)
      .executeTakeFirstOrThrow();
    return cardOf(row);
  }

  /** Who has a password is active from then on; false for who may not come any more. */
  async setPassword(id: string, hash: string, at: Date): Promise<boolean> {
    const row = await this.#tables
      .updateTable('operator')
      .set((eb) => ({ password_hash: hash, password_changed_at: at, status: 'active', version: eb('version', '+', 1), updated_at: at }))
      .where('id', '=', id)
      .where('status', '!=', 'disabled')
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The same password, hashed at a higher price. */
  async rehash(id: string, hash: string): Promise<void> {
    await this.#tables.updateTable('operator').set({ password_hash: hash }).where('id', '=', id).execute();
  }

  async remove(id: string): Promise<void> {
    await this.#tables.deleteFrom('operator').where('id', '=', id).execute();
  }

  /** Makes changes of roles and statuses wait for each other until the end of the transaction: two of them could each leave the other as last owner. */
  async takeTurn(): Promise<void> {
    await this.em.execute(`select pg_advisory_xact_lock(hashtextextended('tenantry.operators', 7413))`);
  }

  /** How many owners may sign in. */
  async activeOwners(): Promise<number> {
    const [row] = await this.em.execute<{ owners: string }[]>(
      `select count(*)::text as owners from operator where status = 'active' and roles @> array['owner']`,
    );
    return Number(row?.owners);
  }
}

type CardRow = Pick<OperatorTables['operator'], (typeof CARD)[number]>;

function cardOf({ created_at, updated_at, ...row }: CardRow): OperatorCard {
  return { ...row, createdAt: rowTime(created_at), updatedAt: rowTime(updated_at) };
}
