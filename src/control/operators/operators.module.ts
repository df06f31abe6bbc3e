import { Module } from '@nestjs/common';
import { PlatformAuditController } from '#control/operators/platform-audit.controller.js';
import { PlatformJobsController } from '#control/operators/platform-jobs.controller.js';
import { OperatorAuthController } from './auth/operator-auth.controller.js';
import { OperatorIdentities } from './auth/operator-identities.js';
import { OperatorLinksService } from './auth/operator-links.service.js';
import { OperatorLoginService } from './auth/operator-login.service.js';
import { OperatorPasswords } from './auth/operator-passwords.js';
import { OperatorRefreshService } from './auth/operator-refresh.service.js';
import { OperatorSessionTokens } from './auth/operator-session-tokens.js';
import { OperatorSessionsService } from './auth/operator-sessions.service.js';
import { OperatorSetupService } from './auth/operator-setup.service.js';
import { OperatorsController } from './people/operators.controller.js';
import { OperatorsService } from './people/operators.service.js';
import { OperatedTenantsController } from './tenants/operated-tenants.controller.js';
import { OperatedTenantsService } from './tenants/operated-tenants.service.js';

@Module({
  controllers: [OperatedTenantsController, OperatorAuthController, OperatorsController, PlatformAuditController, PlatformJobsController],
  providers: [
    OperatedTenantsService,
    OperatorIdentities,
    OperatorLinksService,
    OperatorLoginService,
    OperatorPasswords,
    OperatorRefreshService,
    OperatorSessionTokens,
    OperatorSessionsService,
    OperatorSetupService,
    OperatorsService,
  ],
})
export class OperatorsModule {}
