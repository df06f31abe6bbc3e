/** The path of a request target, without its query: queries may hold what no log and no problem may repeat. */
export function pathOf(target: string | undefined): string {
  const path = target ?? '/';
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}
