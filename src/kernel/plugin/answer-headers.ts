/** What a door may do to an answer beside returning its body. */
export interface AnswerHeaders {
  header(name: string, value: string): unknown;
}

/** The strong entity tag of a version. */
export function etagOf(version: number): string {
  return `"${version}"`;
}
