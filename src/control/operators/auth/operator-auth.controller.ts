import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { OperatorCatalog } from '#catalog/operators/operator-catalog.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { OperatorsPublic, PlatformRoute } from '#kernel/plugin/route-kind.js';
import { readSessionCookies, SESSION_COOKIES } from '#kernel/resolution/session-cookies.js';
import { SessionEndedError } from '#workspace/members/auth.errors.js';
import { Login, PasswordOwnerView, Refresh, SetPassword, SignedIn } from '#workspace/members/auth.schemas.js';
import { deliver, forgetCookies } from '#workspace/members/session-answer.js';
import { OtherSessions, SessionId, SessionList } from '#workspace/members/sessions/session.schemas.js';
import { actingOperator, signedInOperator } from '../acting-operator.js';
import { permissionsOfOperator, PLATFORM_PERMISSIONS } from '../rights/platform-permissions.js';
import { OperatorMeView } from './operator-auth.schemas.js';
import { OperatorLoginService } from './operator-login.service.js';
import { OperatorRefreshService } from './operator-refresh.service.js';
import { OperatorSessionsService } from './operator-sessions.service.js';
import { OperatorSetupService } from './operator-setup.service.js';

const { self } = PLATFORM_PERMISSIONS;
const OWN = 'is about whoever asks';

interface Answer extends AnswerHeaders {
  code(status: number): unknown;
}

/** How operators sign in at their own host; as at a tenant's, and with nothing of a tenant's. */
@Controller('/api/platform/auth')
export class OperatorAuthController {
  constructor(
    private readonly logins: OperatorLoginService,
    private readonly setups: OperatorSetupService,
    private readonly refreshes: OperatorRefreshService,
    private readonly sessions: OperatorSessionsService,
    private readonly operators: OperatorCatalog,
  ) {}

  @Post('setup')
  @HttpCode(200)
  @OperatorsPublic('the link is the credential')
  @Door({
    summary: 'Set the password of an operator, by their link',
    answers: { 200: PasswordOwnerView },
    refuses: ['auth.link-invalid', 'auth.password-refused', 'auth.busy'],
  })
  setUp(@Body({ schema: SetPassword }) { token, password }: SetPassword): Promise<PasswordOwnerView> {
    return this.setups.setByLink(token, password);
  }

  @Post('login')
  @HttpCode(200)
  @OperatorsPublic('this is where a credential is got')
  @Door({ summary: 'Sign in as an operator', answers: { 200: SignedIn }, refuses: ['auth.invalid-login', 'auth.locked', 'auth.busy'] })
  async login(
    @Body({ schema: Login }) { email, password, delivery }: Login,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<SignedIn> {
    return deliver(await this.logins.login(email, password), delivery, answer);
  }

  @Post('refresh')
  @HttpCode(200)
  @OperatorsPublic('the refresh token is the credential', { readsCookies: true })
  @Door({
    summary: 'Exchange an operator’s refresh token, of the cookie or of the body, for the next one',
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
  @PlatformRoute('operators', OWN)
  @Door({ summary: 'End this session', permission: self, answers: { 204: null }, refuses: ['operators.session-needed'] })
  async logout(@Res({ passthrough: true }) answer: AnswerHeaders): Promise<void> {
    const operator = signedInOperator();
    await this.sessions.revoke(operator, operator.sessionId);
    forgetCookies(answer);
  }

  @Get('me')
  @PlatformRoute('operators', OWN)
  @Door({ summary: 'Which operator is signed in, and what they may', permission: self, answers: { 200: OperatorMeView } })
  async whoAmI(): Promise<OperatorMeView> {
    const { id = 'unknown', name, roles, sessionId = null } = actingOperator();
    const card = sessionId === null ? null : await this.operators.once(({ people }) => people.find(id));
    return { id, name, email: card?.email ?? null, roles: [...roles], permissions: permissionsOfOperator(roles), sessionId };
  }

  @Get('sessions')
  @PlatformRoute('operators', OWN)
  @Door({
    summary: "List one's own sessions",
    permission: self,
    answers: { 200: SessionList },
    refuses: ['operators.session-needed'],
  })
  async list(): Promise<SessionList> {
    return { data: await this.sessions.list(signedInOperator()), nextCursor: null };
  }

  @Delete('sessions')
  @HttpCode(204)
  @PlatformRoute('operators', OWN)
  @Door({
    summary: "End one's own sessions of other devices",
    permission: self,
    answers: { 204: null },
    refuses: ['operators.session-needed'],
  })
  revokeOthers(@Query({ schema: OtherSessions }) _which: object): Promise<void> {
    return this.sessions.revokeOthers(signedInOperator());
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @PlatformRoute('operators', OWN)
  @Door({
    summary: "End one of one's own sessions",
    permission: self,
    answers: { 204: null },
    refuses: ['auth.session-not-found', 'operators.session-needed'],
  })
  revoke(@Param('id', { schema: SessionId }) id: string): Promise<void> {
    return this.sessions.revoke(signedInOperator(), id);
  }
}
