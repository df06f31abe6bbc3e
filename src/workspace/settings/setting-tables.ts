import type { Column } from '#kernel/isolation/read-types.js';

/** The table of settings as statements see it; a value is JSON, null once it was taken back, and a time is read as text. */
export interface SettingTables {
  setting: {
    tenant_id: string;
    id: string;
    key: string;
    value: string | null;
    until: Column<Date | string | null, Date | null>;
    version: number;
    created_at: Column<Date | string, Date>;
    updated_at: Column<Date | string, Date>;
  };
}
