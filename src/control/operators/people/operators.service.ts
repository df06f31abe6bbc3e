import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OperatorCatalog, type OperatorBook } from '#catalog/operators/operator-catalog.js';
import type { OperatorCard, OperatorChange } from '#catalog/operators/operator-people.js';
import type { IfMatch } from '#kernel/plugin/if-match.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import type { OperatorRole } from '#kernel/plugin/platform-permission.js';
import { Clock } from '#kernel/work/clock.js';
import { actingOperator } from '../acting-operator.js';
import { OperatorLinksService, type SetupLink } from '../auth/operator-links.service.js';
import { operatorTarget } from '../auth/operator-login.service.js';
import {
  BeyondOperatorRightsError,
  LastOperatorOwnerError,
  OperatorDisabledError,
  OperatorEmailTakenError,
  OperatorNotFoundError,
} from '../operator.errors.js';
import { coversRoles } from '../rights/platform-permissions.js';
import type { ListOperators } from './operator.schemas.js';

/** The people who run the platform. Who gives or takes a role must have all that it gives; somebody is left who may everything. */
@Injectable()
export class OperatorsService {
  readonly #cursors: PageCursors;

  constructor(
    private readonly operators: OperatorCatalog,
    private readonly links: OperatorLinksService,
    cursors: PageCursors,
    private readonly clock: Clock,
  ) {
    this.#cursors = cursors.ofPlatform;
  }

  /** Newest first. Raises CursorInvalidError. */
  async list({ limit, cursor }: ListOperators): Promise<{ data: OperatorCard[]; nextCursor: string | null }> {
    const scope = ['operators'] as const;
    const after = cursor === undefined ? undefined : this.#cursors.open(cursor, scope);
    const cards = await this.operators.once(({ people }) => people.list(limit, after));
    return this.#cursors.page(cards, limit, scope, ({ id, createdAt }) => ({ id, at: createdAt }));
  }

  /** Raises OperatorNotFoundError. */
  async get(id: string): Promise<OperatorCard> {
    const card = await this.operators.once(({ people }) => people.find(id));
    if (!card) throw new OperatorNotFoundError();
    return card;
  }

  /** Makes one, with the link to set a password with. Raises OperatorEmailTakenError and BeyondOperatorRightsError. */
  async create(asked: Pick<OperatorCard, 'email' | 'name' | 'roles'>): Promise<{ card: OperatorCard; link: SetupLink }> {
    requireCovered(asked.roles);
    return this.operators.transaction(async (book) => {
      const card = await book.people.add({ ...asked, id: randomUUIDv7() }, this.clock.now());
      if (!card) throw new OperatorEmailTakenError();
      const link = await this.links.open(book, card.id);
      await book.record({ action: 'operator.create', targets: [operatorTarget(card.id)], details: { roles: asked.roles } });
      return { card, link };
    });
  }

  /** A new link for somebody who has not come yet or has lost the password. Raises OperatorNotFoundError, OperatorDisabledError and BeyondOperatorRightsError. */
  async link(id: string): Promise<SetupLink> {
    return this.operators.transaction(async (book) => {
      const { roles, status } = await held(book, id);
      requireCovered(roles);
      if (status === 'disabled') throw new OperatorDisabledError();
      const link = await this.links.open(book, id);
      await book.record({ action: 'operator.link', targets: [operatorTarget(id)] });
      return link;
    });
  }

  /** Raises OperatorNotFoundError, StaleVersionError, LastOperatorOwnerError and BeyondOperatorRightsError. */
  async change(
    id: string,
    match: IfMatch,
    changes: { [Key in keyof OperatorChange]?: OperatorChange[Key] | undefined },
  ): Promise<OperatorCard> {
    return this.operators.transaction(async (book) => {
      await book.people.takeTurn();
      const before = await held(book, id);
      match.require(before.version);
      const { name = before.name, roles = before.roles } = changes;
      const status = await statusAfter(book, before, changes.status);
      if (status !== before.status || !isSameList(roles, before.roles)) requireCovered([...before.roles, ...roles]);
      const after = await book.people.change(id, { name, roles, status }, this.clock.now());
      await this.#settle(book, before, after);
      await book.record({ action: 'operator.change', targets: [operatorTarget(id)], changes: changesOf(before, after) });
      return after;
    });
  }

  /** Takes somebody's access away; who never came is forgotten. Raises as `change` does. */
  async remove(id: string, match: IfMatch): Promise<void> {
    await this.operators.transaction(async (book) => {
      await book.people.takeTurn();
      const before = await held(book, id);
      match.require(before.version);
      requireCovered(before.roles);
      if (before.status === 'invited') await book.people.remove(id);
      else await this.#settle(book, before, await book.people.change(id, { ...before, status: 'disabled' }, this.clock.now()));
      await book.record({ action: 'operator.remove', targets: [operatorTarget(id)] });
    });
  }

  /** What follows from a change. */
  async #settle(book: OperatorBook, before: OperatorCard, after: OperatorCard): Promise<void> {
    if (isActiveOwner(before) && !isActiveOwner(after) && (await book.people.activeOwners()) === 0) throw new LastOperatorOwnerError();
    if (after.status !== 'disabled') return;
    await book.sessions.end({ operatorId: after.id }, 'disabled', this.clock.now());
    await book.links.close(after.id);
  }
}

/** Whoever sets a password meanwhile waits, and what is read here is not written over it. */
async function held({ people }: OperatorBook, id: string): Promise<OperatorCard> {
  const card = await people.held(id);
  if (!card) throw new OperatorNotFoundError();
  return card;
}

/** Who has no password yet goes back to waiting for it. */
async function statusAfter({ people }: OperatorBook, { id, status }: OperatorCard, asked: OperatorCard['status'] | undefined) {
  if (asked !== 'active') return asked ?? status;
  return (await people.locked(id))?.passwordHash ? 'active' : 'invited';
}

/** Raises BeyondOperatorRightsError. */
function requireCovered(roles: readonly OperatorRole[]): void {
  if (!coversRoles(actingOperator().roles, roles)) throw new BeyondOperatorRightsError();
}

function isActiveOwner({ status, roles }: OperatorCard): boolean {
  return status === 'active' && roles.includes('owner');
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text) => other.includes(text));
}

function changesOf(before: OperatorCard, after: OperatorCard): { path: string; old: unknown; new: unknown }[] {
  return (['name', 'roles', 'status'] as const)
    .filter((path) => JSON.stringify(before[path]) !== JSON.stringify(after[path]))
    .map((path) => ({ path, old: before[path], new: after[path] }));
}
