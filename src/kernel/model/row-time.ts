/** A time as a typed read gives it: reads come without the types of an entity, so it may still be the text PostgreSQL writes. */
export function rowTime(time: Date | string): Date {
  // As PostgreSQL writes it, a year below 100 would be read as one of our time.
  return new Date(typeof time === 'string' ? time.replace(' ', 'T').replace(/[+-]\d\d$/, '$&:00') : time);
}
