import { Body, Controller, Get, Put } from '@nestjs/common';
import { Door } from '#kernel/plugin/door.js';
import { signedInMember } from '#workspace/members/signed-in-member.js';
import { NOTIFICATION_PERMISSIONS } from '../notification.permissions.js';
import { PreferencesView, SetPreferences } from './preference.schemas.js';
import { PreferencesService } from './preferences.service.js';

const { use, setDefaults } = NOTIFICATION_PERMISSIONS;

@Controller('/api/notifications/preferences')
export class PreferencesController {
  constructor(private readonly preferences: PreferencesService) {}

  @Get()
  @Door({ summary: 'Read how one wants to be told', permission: use, answers: { 200: PreferencesView }, refuses: ['auth.members-only'] })
  read(): Promise<PreferencesView> {
    return this.preferences.read(signedInMember().id);
  }

  @Put()
  @Door({ summary: 'Say how one wants to be told', permission: use, answers: { 200: PreferencesView }, refuses: ['auth.members-only'] })
  replace(@Body({ schema: SetPreferences }) wanted: SetPreferences): Promise<PreferencesView> {
    return this.preferences.replace(signedInMember().id, wanted);
  }

  @Get('defaults')
  @Door({ summary: 'Read how members are told who did not say', permission: use, answers: { 200: PreferencesView } })
  readDefaults(): Promise<PreferencesView> {
    return this.preferences.read(null);
  }

  @Put('defaults')
  @Door({ summary: 'Say how members are told who did not say', permission: setDefaults, answers: { 200: PreferencesView } })
  replaceDefaults(@Body({ schema: SetPreferences }) wanted: SetPreferences): Promise<PreferencesView> {
    return this.preferences.replace(null, wanted);
  }
}
