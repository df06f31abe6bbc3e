/** How whoever changes a setting says so: call it after the commit, in `afterCommit` of the transaction. */
export abstract class SettingChanges {
  /**
   * Makes every process forget what it knows of this tenant's settings and overrides, this one first; the others within a second. Never
   * raises: what could not be told is told again, and meanwhile nobody believes what is older than two seconds.
   */
  abstract changed(tenantId: string): Promise<void>;
}
