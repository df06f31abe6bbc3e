import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { TenantPublic } from '#kernel/plugin/route-kind.js';
import { readSessionCookies, SESSION_COOKIES } from '#kernel/resolution/session-cookies.js';
import { SessionEndedError } from './auth.errors.js';
import {
  ForgotPassword,
  Login,
  MeView,
  PasswordOwnerView,
  Refresh,
  SetPassword,
  SignedIn,
  StepUp,
  ChangePassword,
} from './auth.schemas.js';
import { LoginService } from './login.service.js';
import { MeService } from './me.service.js';
import { MEMBER_PERMISSIONS } from './members.permissions.js';
import { PasswordService } from './password.service.js';
import { deliver, deliveryTo, forgetCookies } from './session-answer.js';
import { RefreshService } from './sessions/refresh.service.js';
import { OtherSessions, SessionId, SessionList } from './sessions/session.schemas.js';
import { SessionsService } from './sessions/sessions.service.js';
import { signedInMember } from './signed-in-member.js';

const { self } = MEMBER_PERMISSIONS;
const GUESSES = ['auth.locked', 'auth.busy'];

interface Answer extends AnswerHeaders {
  code(status: number): unknown;
}

@Controller('/api/auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly passwords: PasswordService,
    private readonly refreshes: RefreshService,
    private readonly sessions: SessionsService,
    private readonly me: MeService,
  ) {}

  @Post('setup')
  @HttpCode(200)
  @TenantPublic('the link of the mail is the credential')
  @Door({
    summary: 'Set the first password, by the link of an invitation',
    answers: { 200: PasswordOwnerView },
    refuses: ['auth.link-invalid', 'auth.password-refused', 'auth.busy'],
  })
  setUp(@Body({ schema: SetPassword }) { token, password }: SetPassword): Promise<PasswordOwnerView> {
    return this.passwords.setByLink('setup', token, password);
  }

  @Post('login')
  @HttpCode(200)
  @TenantPublic('this is where a credential is got')
  @Door({ summary: 'Sign in', answers: { 200: SignedIn }, refuses: ['auth.invalid-login', ...GUESSES] })
  async login(
    @Body({ schema: Login }) { email, password, delivery }: Login,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<SignedIn> {
    return deliver(await this.logins.login(email, password), delivery, answer);
  }

  @Post('refresh')
  @HttpCode(200)
  @TenantPublic('the refresh token is the credential', { readsCookies: true })
  @Door({
    summary: 'Exchange a refresh token, of the cookie or of the body, for the next one',
    answers: { 200: SignedIn, 204: null },
    refuses: ['auth.session-ended', 'auth.refresh-raced', 'csrf.missing', 'csrf.mismatch', 'csrf.cross-site'],
  })
  async refresh(
    @Headers('cookie') cookies: string | undefined,
    @Headers('x-csrf-token') forgeryToken: string | undefined,
    @Body({ schema: Refresh.optional() }) body: Refresh | undefined,
    @Res({ passthrough: true }) answer: Answer,
  ): Promise<SignedIn | undefined> {
    if (body?.refreshToken !== undefined)
      return deliver(await this.refreshes.refresh({ token: body.refreshToken, forgery: null }), 'body', answer);
    const token = readSessionCookies(cookies).get(SESSION_COOKIES.refresh);
    if (token === undefined) throw new SessionEndedError(false);
    try {
      deliver(await this.refreshes.refresh({ token, forgery: { token: forgeryToken } }), 'cookie', answer);
    } catch (error) {
      if (error instanceof SessionEndedError && error.isOver) forgetCookies(answer);
      throw error;
    }
    answer.code(204);
    return undefined;
  }

  @Post('logout')
  @HttpCode(204)
  @Door({ summary: 'End this session', permission: self, answers: { 204: null } })
  async logout(@Res({ passthrough: true }) answer: AnswerHeaders): Promise<void> {
    const member = signedInMember();
    await this.sessions.revoke(member, member.sessionId);
    forgetCookies(answer);
  }

  @Get('me')
  @Door({ summary: 'Who is signed in', permission: self, answers: { 200: MeView }, refuses: ['auth.members-only'] })
  whoAmI(): Promise<MeView> {
    return this.me.read(signedInMember());
  }

  @Get('sessions')
  @Door({ summary: "List one's own sessions", permission: self, answers: { 200: SessionList }, refuses: ['auth.members-only'] })
  async list(): Promise<SessionList> {
    return { data: await this.sessions.list(signedInMember()), nextCursor: null };
  }

  @Delete('sessions')
  @HttpCode(204)
  @Door({ summary: "End one's own sessions of other devices", permission: self, answers: { 204: null }, refuses: ['auth.members-only'] })
  revokeOthers(@Query({ schema: OtherSessions }) _which: object): Promise<void> {
    return this.sessions.revokeOthers(signedInMember());
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @Door({
    summary: "End one of one's own sessions",
    permission: self,
    answers: { 204: null },
    refuses: ['auth.session-not-found', 'auth.members-only'],
  })
  revoke(@Param('id', { schema: SessionId }) id: string): Promise<void> {
    return this.sessions.revoke(signedInMember(), id);
  }

  @Post('step-up')
  @HttpCode(200)
  @Door({
    summary: 'Give the password once more, for what needs it to be recent',
    permission: self,
    answers: { 200: SignedIn },
    refuses: ['auth.password-wrong', 'auth.members-only', ...GUESSES],
  })
  async stepUp(
    @Body({ schema: StepUp }) { password }: StepUp,
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<SignedIn> {
    return deliver(await this.logins.stepUp(signedInMember(), password), deliveryTo(authorization), answer);
  }

  @Post('password/forgot')
  @HttpCode(202)
  @TenantPublic('whoever forgot a password has no credential')
  @Door({ summary: 'Have a link mailed for a new password, if there is such a user', answers: { 202: null } })
  forgot(@Body({ schema: ForgotPassword }) { email }: ForgotPassword): Promise<void> {
    return this.passwords.forgot(email);
  }

  @Post('password/reset')
  @HttpCode(200)
  @TenantPublic('the link of the mail is the credential')
  @Door({
    summary: 'Set a new password, by the link of a mail',
    answers: { 200: PasswordOwnerView },
    refuses: ['auth.link-invalid', 'auth.password-refused', 'auth.busy'],
  })
  reset(@Body({ schema: SetPassword }) { token, password }: SetPassword): Promise<PasswordOwnerView> {
    return this.passwords.setByLink('reset', token, password);
  }

  @Post('password')
  @HttpCode(200)
  @Door({
    summary: "Change one's own password; every other session ends",
    permission: self,
    answers: { 200: SignedIn },
    refuses: ['auth.password-wrong', 'auth.password-refused', 'auth.members-only', ...GUESSES],
  })
  async changePassword(
    @Body({ schema: ChangePassword }) { current, new: next }: ChangePassword,
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<SignedIn> {
    return deliver(await this.passwords.change(signedInMember(), current, next), deliveryTo(authorization), answer);
  }
}
