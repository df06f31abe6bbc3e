import { AppError } from '#kernel/errors/app-error.js';
import { hasPlainYear } from '#kernel/plugin/plain-year.js';

/** The last row of a page; the next one begins after it. */
export interface PagePosition {
  readonly at: Date;
  readonly id: string;
}

/** The cursor was not made here, or is damaged. */
export class CursorInvalidError extends AppError {
  readonly code = 'cursor.invalid';

  constructor() {
    super('The cursor is not one of ours; start the list again without it.');
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BASE64URL = /^[A-Za-z0-9_-]{1,200}$/;

/** A position as callers see it: opaque, to be given back as it is. */
export function toCursor({ at, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url');
}

/** Raises CursorInvalidError for anything that `toCursor` would not have written, to the letter. */
export function fromCursor(cursor: string): PagePosition {
  const [at, id] = partsOf(cursor);
  const position = { at: new Date(at), id };
  if (!UUID.test(id) || !hasPlainYear(position.at) || toCursor(position) !== cursor) throw new CursorInvalidError();
  return position;
}

function partsOf(cursor: string): [string, string] {
  if (!BASE64URL.test(cursor)) throw new CursorInvalidError();
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new CursorInvalidError();
  }
  if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string' || typeof parts[1] !== 'string')
    throw new CursorInvalidError();
  return [parts[0], parts[1]];
}
