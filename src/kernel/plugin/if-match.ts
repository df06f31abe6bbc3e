import { PreconditionRequiredError, StaleVersionError } from '#kernel/plugin/precondition.errors.js';

const STRONG_TAG = /^"(\d{1,10})"$/;

/** The versions a caller would overwrite, by its If-Match header; a weak tag names none. */
export class IfMatch {
  private constructor(private readonly versions: ReadonlySet<number> | 'any') {}

  /** Raises PreconditionRequiredError when there is no header. */
  static from(header: string | undefined): IfMatch {
    if (!header) throw new PreconditionRequiredError();
    if (header.trim() === '*') return new IfMatch('any');
    const tags = header.split(',').map((tag) => STRONG_TAG.exec(tag.trim())?.[1]);
    return new IfMatch(new Set(tags.filter((tag) => tag !== undefined).map(Number)));
  }

  /** Whether the caller means the present version, whichever it is: then it must not change between being read and being written. */
  get isAny(): boolean {
    return this.versions === 'any';
  }

  /** Raises StaleVersionError unless the present version is one of those meant. */
  require(current: number): void {
    if (this.versions !== 'any' && !this.versions.has(current)) throw new StaleVersionError(current);
  }
}
