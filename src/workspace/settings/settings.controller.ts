import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Put, Res } from '@nestjs/common';
import { type AnswerHeaders, tagged } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { SETTING_PERMISSIONS } from './setting.permissions.js';
import { SetSetting, SettingExplanation, SettingList, SettingName, SettingView } from './setting.schemas.js';
import { explanationOf, settingView } from './setting-view.js';
import { SettingsService } from './settings.service.js';
import { TenantSettings } from './tenant-settings.js';

const { read, explain, write } = SETTING_PERMISSIONS;

@Controller('/api/settings')
export class SettingsController {
  constructor(
    private readonly settings: TenantSettings,
    private readonly service: SettingsService,
  ) {}

  @Get()
  @Door({ summary: 'List every setting with what it is now', permission: read, answers: { 200: SettingList } })
  async list(): Promise<SettingList> {
    return { data: (await this.settings.all()).map(({ key, resolution }) => settingView(key, resolution)) };
  }

  @Get(':key')
  @Door({ summary: 'Read a setting', permission: read, answers: { 200: SettingView }, refuses: ['settings.not-found'] })
  async read(@Param('key', { schema: SettingName }) name: string, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<SettingView> {
    return tagged(settingView(this.settings.require(name), await this.settings.explainNamed(name)), answer);
  }

  @Get(':key/explain')
  @Door({
    summary: 'Say why a setting is what it is, with every source that was looked at',
    permission: explain,
    answers: { 200: SettingExplanation },
    refuses: ['settings.not-found'],
  })
  async explain(@Param('key', { schema: SettingName }) name: string): Promise<SettingExplanation> {
    return explanationOf(name, await this.settings.explainNamed(name));
  }

  @Put(':key')
  @Door({
    summary: 'Set a setting, for good or until a time; with If-Match, only if nobody else has meanwhile',
    permission: write,
    answers: { 200: SettingView },
    refuses: ['settings.unknown-key', 'settings.invalid-value', 'settings.beyond-plan', 'precondition.failed'],
  })
  async set(
    @Param('key', { schema: SettingName }) name: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: SetSetting }) said: SetSetting,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<SettingView> {
    await this.service.set(name, said, ifMatch === undefined ? null : IfMatch.from(ifMatch));
    return this.read(name, answer);
  }

  @Delete(':key')
  @HttpCode(204)
  @Door({
    summary: 'Take back what the tenant says itself of a setting',
    permission: write,
    answers: { 204: null },
    refuses: ['settings.not-found'],
    needsVersion: true,
  })
  clear(@Param('key', { schema: SettingName }) name: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    return this.service.clear(name, IfMatch.from(ifMatch));
  }
}
