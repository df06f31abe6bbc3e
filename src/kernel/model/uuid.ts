const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a value is a UUID as we write them, in small letters. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** The UUID of 16 bytes. */
export function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** When a UUIDv7 was made: it begins with its time in milliseconds (RFC 9562, 5.7). */
export function bornAt(uuidV7: string): Date {
  return new Date(Number.parseInt(uuidV7.replace('-', '').slice(0, 12), 16));
}
