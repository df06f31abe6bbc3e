import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { SettingName } from '#workspace/settings/setting.schemas.js';
import { EndOverride, OverrideSetting, SettingOverrideList } from './operator-settings.schemas.js';
import { OperatorSettings } from './operator-settings.js';
import { TenantKey } from '#control/operators/tenant-key.js';

const { readSettings, manageSettings } = PLATFORM_PERMISSIONS;

@Controller('/api/platform/tenants/:id/settings')
export class OperatorSettingsController {
  constructor(private readonly settings: OperatorSettings) {}

  @Get()
  @PlatformRoute('operators', 'says what was decided of a tenant, and why')
  @Door({
    summary: "List what operators decided of a tenant's settings",
    permission: readSettings,
    answers: { 200: SettingOverrideList },
    refuses: ['tenant.unknown'],
  })
  async list(@Param('id', { schema: TenantKey }) tenant: string): Promise<SettingOverrideList> {
    const decided = [...(await this.settings.list(tenant))];
    return {
      data: decided.map(([key, { at, until, ...override }]) => ({
        ...{ key, ...override },
        ...{ at: at.toISOString(), until: until?.toISOString() ?? null },
      })),
    };
  }

  @Put(':key')
  @HttpCode(204)
  @PlatformRoute('operators', 'decides over the head of a tenant')
  @Door({
    summary: 'Decide a setting of a tenant, for good or until a time; what the tenant says does not count then',
    permission: manageSettings,
    answers: { 204: null },
    refuses: ['tenant.unknown', 'settings.unknown-key', 'settings.invalid-value'],
  })
  override(
    @Param('id', { schema: TenantKey }) tenant: string,
    @Param('key', { schema: SettingName }) key: string,
    @Body({ schema: OverrideSetting }) { value, until, reason }: OverrideSetting,
  ): Promise<void> {
    return this.settings.override({ tenant, key, reason }, value, until);
  }

  @Delete(':key')
  @HttpCode(204)
  @PlatformRoute('operators', 'decides over the head of a tenant')
  @Door({
    summary: 'Take back what operators decided of a setting',
    permission: manageSettings,
    answers: { 204: null },
    refuses: ['tenant.unknown'],
  })
  end(
    @Param('id', { schema: TenantKey }) tenant: string,
    @Param('key', { schema: SettingName }) key: string,
    @Body({ schema: EndOverride }) _why: EndOverride,
  ): Promise<void> {
    return this.settings.end({ tenant, key });
  }
}
