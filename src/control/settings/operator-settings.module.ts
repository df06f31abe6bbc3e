import { Module } from '@nestjs/common';
import { OperatorSettingsController } from './operator-settings.controller.js';

@Module({ controllers: [OperatorSettingsController] })
export class OperatorSettingsModule {}
