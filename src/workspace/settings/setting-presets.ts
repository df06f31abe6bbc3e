type Values = ReadonlyMap<string, unknown>;

/** What settings are for a plan and in a region before anybody says otherwise; values were held against their schemas when this was read. */
export class SettingPresets {
  constructor(
    /** Of the data they come from. */
    readonly version: string,
    private readonly plans: ReadonlyMap<string, Values>,
    private readonly regions: ReadonlyMap<string, Values>,
  ) {}

  /** Undefined when the plan says nothing of it. */
  ofPlan(plan: string, key: string): unknown {
    return this.plans.get(plan)?.get(key);
  }

  /** Undefined when the region says nothing of it. */
  ofRegion(region: string, key: string): unknown {
    return this.regions.get(region)?.get(key);
  }
}
