import type { Category } from './notification-categories.js';

/** Something one member is to be told, before it is known where: plain text, cut to what is kept. */
export interface Notice {
  readonly memberId: string;
  readonly category: Category;
  /** What happened, for programs; mostly the name of the event. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  /** An address on the tenant's own host. */
  readonly link: `/${string}` | null;
  /** One member is told once for each; the same for every try of the job that tells. */
  readonly dedupeKey: string;
  /** Instead of `link`, for a mail alone: the row a one-time link is made of when the mail is sent. */
  readonly token?: { readonly purpose: 'setup' | 'reset'; readonly id: string };
}

const LONGEST = { title: 300, body: 2_000 } as const;

/** Text of a tenant in one line, or in some, as long as it may be. */
export function cut(text: string, part: keyof typeof LONGEST): string {
  const kept = part === 'title' ? text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim() : text;
  const characters = Array.from(kept);
  return characters.length <= LONGEST[part] ? kept : `${characters.slice(0, LONGEST[part] - 1).join('')}…`;
}
