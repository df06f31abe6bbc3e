/** A setting as somebody wrote it down; whether it is of its key's type is found out when it is read. */
export interface StoredValue {
  /** Undefined once it was taken back. */
  readonly value: unknown;
  readonly version: number;
  readonly at: Date;
  /** From this very moment on it does not count. Null: it does not end. */
  readonly until: Date | null;
}

/** What is written down of one tenant, by the names of keys. */
export type StoredValues = ReadonlyMap<string, StoredValue>;

/** What operators wrote down for a tenant, kept by the platform and not by the tenant. Raises when it cannot be read. */
export interface OperatorOverrides {
  of(tenantId: string): Promise<StoredValues>;
}

/** Text that was kept as JSON; what is no JSON, or none at all, is no value of any key. */
export function storedJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
