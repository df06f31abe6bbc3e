/** Short texts that several processes share for seconds. It may forget any of them at any time, and it never raises. */
export abstract class ReplayCache {
  abstract keep(key: string, text: string, milliseconds: number): Promise<void>;

  /** Null when it is not there, or cannot be asked. */
  abstract find(key: string): Promise<string | null>;
}
