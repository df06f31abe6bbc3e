import { StripeRefusal } from '../stripe-refusal.js';

interface Paged {
  readonly limit: number;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

/** One page of a list, the newest first. `all` is in the order of making. Raises StripeRefusal on a cursor that is not in the list. */
export function page<T extends { readonly id: string }>(
  url: string,
  all: Iterable<T>,
  { limit, starting_after: after, ending_before: before }: Paged,
): object {
  const newest = [...all].reverse();
  const placeOf = (id: string, param: string): number => {
    const place = newest.findIndex((each) => each.id === id);
    if (place < 0) throw StripeRefusal.missingParam('object', id, param);
    return place;
  };
  if (before !== undefined) {
    const end = placeOf(before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', url, has_more: start > 0, data: newest.slice(start, end) };
  }
  const start = after === undefined ? 0 : placeOf(after, 'starting_after') + 1;
  return { object: 'list', url, has_more: start + limit < newest.length, data: newest.slice(start, start + limit) };
}

/** One page of a search: its cursor is a number of a page, and no order is promised. */
export function searchPage(url: string, found: readonly object[], limit: number, cursor: string | undefined): object {
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) throw StripeRefusal.invalid('Invalid page', 'page');
  const hasMore = start + limit < found.length;
  const next = hasMore ? Buffer.from(String(start + limit)).toString('base64url') : null;
  return { object: 'search_result', url, has_more: hasMore, data: found.slice(start, start + limit), next_page: next };
}
