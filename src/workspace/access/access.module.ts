import { Module } from '@nestjs/common';
import { ApiKeysController } from './keys/api-keys.controller.js';
import { ApiKeysService } from './keys/api-keys.service.js';
import { OverridesController } from './overrides/overrides.controller.js';
import { OverridesService } from './overrides/overrides.service.js';
import { QuestionsController } from './questions/questions.controller.js';
import { QuestionsService } from './questions/questions.service.js';
import { RolesController } from './roles/roles.controller.js';
import { RolesService } from './roles/roles.service.js';

@Module({
  controllers: [RolesController, OverridesController, QuestionsController, ApiKeysController],
  providers: [RolesService, OverridesService, QuestionsService, ApiKeysService],
})
export class AccessModule {}
