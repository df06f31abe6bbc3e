/** Whether an error is the system's, with one of these names. */
export function isErrno(error: unknown, ...names: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && names.includes(String(error.code));
}
