/** What a door may do to an answer beside returning its body. */
export interface AnswerHeaders {
  header(name: string, value: string): unknown;
}

/** The strong entity tag of a version. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The body as it is; its version becomes the answer's entity tag. */
export function tagged<Body extends { readonly version: number }>(body: Body, answer: AnswerHeaders): Body {
  answer.header('etag', etagOf(body.version));
  return body;
}
