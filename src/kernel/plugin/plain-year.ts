/** Whether a time is of the years 1 to 9999 in UTC: what ISO 8601 and PostgreSQL write alike. */
export function hasPlainYear(at: Date): boolean {
  const year = at.getUTCFullYear();
  return year >= 1 && year <= 9999;
}
