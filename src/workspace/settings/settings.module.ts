import { Module } from '@nestjs/common';
import { BrandingController } from './branding/branding.controller.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({ controllers: [SettingsController, BrandingController], providers: [SettingsService] })
export class SettingsModule {}
