import type { EntityManager } from '@mikro-orm/postgresql';
import type { OperatorTables } from '#catalog/operators/operator-tables.js';

/** The rows behind operators' one-time links; the newest of an operator alone is good. */
export class OperatorLinks {
  constructor(private readonly em: EntityManager) {}

  get #tables() {
    return this.em.getKysely<OperatorTables>();
  }

  /** The links before it are worth nothing from now on. */
  async open(link: { readonly id: string; readonly operatorId: string; readonly at: Date; readonly expiresAt: Date }): Promise<void> {
    const { id, operatorId, at, expiresAt } = link;
    await this.close(operatorId);
    await this.#tables
      .insertInto('operator_link')
      .values({ id, operator_id: operatorId, expires_at: expiresAt, used_at: null, created_at: at })
      .execute();
  }

  /** Whose a good link is. */
  async ownerOf(id: string, now: Date): Promise<{ id: string; email: string; name: string } | null> {
    const owner = await this.#tables
      .selectFrom('operator_link as link')
      .innerJoin('operator', 'operator.id', 'link.operator_id')
      .select(['operator.id', 'operator.email', 'operator.name'])
      .where('link.id', '=', id)
      .where('link.used_at', 'is', null)
      .where('link.expires_at', '>', now)
      .where('operator.status', '!=', 'disabled')
      .executeTakeFirst();
    return owner ?? null;
  }

  /** Uses a link up; false when it is used, replaced or too old. Of two at once one gets it. */
  async use(id: string, now: Date): Promise<boolean> {
    const used = await this.#tables
      .updateTable('operator_link')
      .set({ used_at: now })
      .where('id', '=', id)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('id')
      .executeTakeFirst();
    return used !== undefined;
  }

  /** Makes an operator's links worth nothing. */
  async close(operatorId: string): Promise<void> {
    await this.#tables.deleteFrom('operator_link').where('operator_id', '=', operatorId).execute();
  }
}
