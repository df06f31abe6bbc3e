/** What a stand-in says to one request, before it is written to a socket. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request, read whole; `body` is the raw text. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** The server's own address, as clients reach it. */
  readonly url: string;
}
