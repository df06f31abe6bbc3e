/** The counters of a tenant as statements see them; a time is read as text and written as a Date, a count is read as text. */
export interface UsageTables {
  usage_counter: {
    tenant_id: string;
    meter: string;
    period_start: Date;
    used: string;
    updated_at: Date;
  };
}
