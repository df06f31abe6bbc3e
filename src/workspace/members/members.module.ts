import { Module } from '@nestjs/common';
import { AuthController } from './auth.controller.js';
import { LinkDesk } from './links/link-desk.js';
import { OneTimeLinks } from './links/one-time-links.js';
import { LoginService } from './login.service.js';
import { MeService } from './me.service.js';
import { PasswordService } from './password.service.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { RefreshService } from './sessions/refresh.service.js';
import { SessionTokens } from './sessions/session-tokens.js';
import { SessionsService } from './sessions/sessions.service.js';
import { TrimSessions } from './sessions/trim-sessions.job.js';
import { UsersController } from './users/users.controller.js';
import { UsersService } from './users/users.service.js';

@Module({
  controllers: [AuthController, UsersController],
  providers: [
    LinkDesk,
    LoginService,
    MeService,
    OneTimeLinks,
    PasswordHasher,
    PasswordService,
    RefreshService,
    SessionTokens,
    SessionsService,
    TrimSessions,
    UsersService,
  ],
  exports: [OneTimeLinks],
})
export class MembersModule {}
