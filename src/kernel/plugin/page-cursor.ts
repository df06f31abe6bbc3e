import { AppError } from '#kernel/errors/app-error.js';
import { hasPlainYear } from '#kernel/plugin/plain-year.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { isUuid } from '#kernel/model/uuid.js';

/** The last row of a page; the next one begins after it. */
export interface PagePosition {
  readonly at: Date;
  readonly id: string;
}

/** The cursor was not made here, is damaged, or is of another list than the one it came with. */
export class CursorInvalidError extends AppError {
  readonly code = 'cursor.invalid';

  constructor() {
    super('The cursor is not one of this list; start the list again without it.');
  }
}

const PURPOSE = 'page-cursor';
const SIGNATURE_BYTES = 16;
const CURSOR = /^([A-Za-z0-9_-]{20,200})\.([A-Za-z0-9_-]{22})$/;

/** What a cursor belongs to: the list's name, and whatever chose and ordered its rows. */
export type CursorScope = readonly [list: string, filter?: object];

const OF_TENANT = (): string => TenantScope.require('use a page cursor').id;
const OF_PLATFORM = (): string => 'platform';

/** Cursors as callers see them: opaque, signed, and of one list of one tenant, or of the platform, with one filter. */
export class PageCursors {
  constructor(
    private readonly keys: SigningKeys,
    private readonly ownerOf = OF_TENANT,
  ) {}

  /** Those of lists that are no tenant's. */
  get ofPlatform(): PageCursors {
    return new PageCursors(this.keys, OF_PLATFORM);
  }

  /** A position to be given back as it is, with the same filter. */
  seal({ at, id }: PagePosition, scope: CursorScope): string {
    const text = Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url');
    return `${text}.${this.keys.sign(PURPOSE, signed(this.ownerOf(), text, scope), SIGNATURE_BYTES).toString('base64url')}`;
  }

  /** A page of rows that were read one further than `limit`, and the cursor of the next page; null when there is none. */
  page<Row>(
    rows: readonly Row[],
    limit: number,
    scope: CursorScope,
    positionOf: (row: Row) => PagePosition,
  ): { data: Row[]; nextCursor: string | null } {
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1) : undefined;
    return { data, nextCursor: last === undefined ? null : this.seal(positionOf(last), scope) };
  }

  /** Raises CursorInvalidError for anything that `seal` would not have written for this list. */
  open(cursor: string, scope: CursorScope): PagePosition {
    const [, text = '', signature = ''] = CURSOR.exec(cursor) ?? [];
    const isOurs = this.keys.isSigned(PURPOSE, signed(this.ownerOf(), text, scope), Buffer.from(signature, 'base64url'), SIGNATURE_BYTES);
    if (!isOurs) throw new CursorInvalidError();
    const [at, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, string];
    const position = { at: new Date(at), id };
    if (!isUuid(id) || !hasPlainYear(position.at)) throw new CursorInvalidError();
    return position;
  }
}

function signed(owner: string, text: string, [list, filter = {}]: CursorScope): string {
  const chosen = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([owner, list, chosen, text]);
}
