const KEPT = 5_000;

/** One request as the log shows it: no query, no header, no body, so no value and no token; status 0 is a dropped connection. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly at: string;
}

/** The newest requests, oldest first. */
export class RequestLog {
  private entries: LoggedRequest[] = [];

  add(method: string, path: string, status: number): void {
    this.entries.push({ method, path, status, at: new Date().toISOString() });
    if (this.entries.length > KEPT) this.entries.shift();
  }

  all(): readonly LoggedRequest[] {
    return this.entries;
  }

  clear(): void {
    this.entries = [];
  }
}
