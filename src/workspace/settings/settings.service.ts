import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { IfMatch } from '#kernel/plugin/if-match.js';
import { StaleVersionError } from '#kernel/plugin/precondition.errors.js';
import type { SettingKey } from '#kernel/plugin/setting-key.js';
import { Clock } from '#kernel/work/clock.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { storedValue } from './own-settings.js';
import { acceptSetting } from './accept-setting.js';
import { SettingBeyondPlanError } from './setting.errors.js';
import type { SetSetting } from './setting.schemas.js';
import type { SettingTables } from './setting-tables.js';
import { TenantSettings } from './tenant-settings.js';
import { SettingCatalogue } from './setting-catalogue.js';

/** What the tenant in scope says of its settings. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly settings: TenantSettings,
    private readonly catalogue: SettingCatalogue,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Without a version to match, whatever is there is replaced. Raises SettingUnknownError, SettingInvalidError, SettingBeyondPlanError and StaleVersionError. */
  async set(name: string, { value: given, until }: SetSetting, match: IfMatch | null): Promise<void> {
    const { key, value, json } = acceptSetting(this.catalogue, name, { value: given, until }, this.clock.now());
    if (key.narrow && JSON.stringify(key.narrow(value, this.settings.given(key))) !== json) throw new SettingBeyondPlanError(name);
    await this.#write(key, { value, json, until }, match);
  }

  /** Takes back what the tenant says itself; what was not said is taken back too. Raises SettingNotFoundError and StaleVersionError. */
  async clear(name: string, match: IfMatch): Promise<void> {
    await this.#write(this.settings.require(name), { value: undefined, json: null, until: null }, match);
  }

  async #write(key: SettingKey, said: { value: unknown; json: string | null; until: Date | null }, match: IfMatch | null): Promise<void> {
    await this.contexts.transaction(async (transaction) => {
      const before = await rowOf(transaction, key.name);
      match?.require(before?.version ?? 0);
      if (said.json === null && before?.value === undefined) return;
      const version = await this.#keep(transaction, key.name, said);
      // Two who both found nothing would otherwise both have meant that.
      if (match && !match.isAny && version !== (before?.version ?? 0) + 1) throw new StaleVersionError(version - 1);
      this.audit.record({
        action: said.json === null ? 'settings.cleared' : 'settings.changed',
        targets: [{ type: 'setting', id: key.name }],
        changes: [{ path: key.name, old: before?.value ?? null, new: said.value ?? null }],
        ...(said.json !== null && { details: { until: said.until?.toISOString() ?? null } }),
      });
      transaction.afterCommit(() => this.settings.changed(transaction.tenant.id));
    });
  }

  async #keep(transaction: TenantTransaction, key: string, { json, until }: { json: string | null; until: Date | null }): Promise<number> {
    const now = this.clock.now();
    const { version } = await transaction
      .sql<SettingTables>()
      .insertInto('setting')
      .values({
        tenant_id: transaction.tenant.id,
        id: randomUUIDv7(),
        key,
        value: json,
        until,
        version: 1,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'key']).doUpdateSet((eb) => ({
          value: eb.ref('excluded.value'),
          until: eb.ref('excluded.until'),
          updated_at: eb.ref('excluded.updated_at'),
          version: eb('setting.version', '+', 1),
        })),
      )
      .returning('version')
      .executeTakeFirstOrThrow();
    return version;
  }
}

async function rowOf(transaction: TenantTransaction, key: string) {
  const row = await transaction
    .sql<SettingTables>()
    .selectFrom('setting')
    .select((eb) => ['version', 'until', 'updated_at', eb.cast<string | null>('value', 'text').as('value')])
    .where('key', '=', key)
    .forUpdate()
    .executeTakeFirst();
  return row && storedValue(row);
}
