import type { TenantReads } from '#kernel/isolation/tenant-context-factory.js';
import { rowTime } from '#kernel/model/row-time.js';
import type { SettingTables } from '#workspace/settings/setting-tables.js';
import { storedJson, type StoredValue, type StoredValues } from '#workspace/settings/stored-value.js';

/** All that the tenant of these reads says for itself, and what it has taken back, in one statement. */
export async function readOwnSettings(reads: TenantReads<SettingTables>): Promise<StoredValues> {
  const rows = await reads
    .selectFrom('setting')
    .select((eb) => ['key', 'version', 'until', 'updated_at', eb.cast<string | null>('value', 'text').as('value')])
    .execute();
  return new Map(rows.map((row) => [row.key, storedValue(row)]));
}

/** A row as the resolver takes it. */
export function storedValue(row: {
  readonly value: string | null;
  readonly version: number;
  readonly until: Date | string | null;
  readonly updated_at: Date | string;
}): StoredValue {
  const { value, version, until, updated_at: at } = row;
  return { value: storedJson(value), version, at: rowTime(at), until: until === null ? null : rowTime(until) };
}
