import { Module } from '@nestjs/common';
import { EntitlementsController } from '#control/entitlements/entitlements.controller.js';

@Module({ controllers: [EntitlementsController] })
export class EntitlementsModule {}
