import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import {
  ActOnOnboarding,
  MakeTenant,
  OnboardingBegun,
  OnboardingId,
  OperatorsOnboardingView,
} from '#control/onboarding/onboarding.schemas.js';
import { Onboardings } from '#control/onboarding/onboardings.js';
import { answered } from '#control/onboarding/signup-answer.js';
import { SignUpDoor } from '#control/onboarding/signup-door.js';
import { idempotencyKeyOf } from '#kernel/idempotency/idempotency-key.js';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';

const WHY = 'makes tenants of any plan, anywhere';
const CHANGED = {
  permission: PLATFORM_PERMISSIONS.createTenants,
  answers: { 202: OperatorsOnboardingView },
  refuses: ['signup.not-found', 'signup.state-refused'],
};

/** Where sales gets a tenant for somebody, and operators see to those that are being made. */
@Controller('/api/platform')
export class OnboardingsController {
  constructor(
    private readonly door: SignUpDoor,
    private readonly onboardings: Onboardings,
  ) {}

  @Post('tenants')
  @HttpCode(202)
  @PlatformRoute('operators', WHY)
  @Door({
    summary: 'Have a tenant made, of any plan',
    permission: PLATFORM_PERMISSIONS.createTenants,
    isCreation: true,
    answers: { 202: OnboardingBegun },
    refuses: [
      'signup.slug-refused',
      'signup.notify-url-refused',
      'catalog.slug-taken',
      'provisioning.plan-unknown',
      'provisioning.region-unknown',
      'provisioning.cluster-unknown',
      'provisioning.cluster-elsewhere',
      'provisioning.own-server-refused',
      'secrets.unavailable',
    ],
  })
  async make(
    @Body({ schema: MakeTenant }) { reason: _onRecord, ...request }: MakeTenant,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<OnboardingBegun> {
    return answered(await this.door.operators(idempotencyKeyOf(key), request), answer);
  }

  @Get('onboardings/:id')
  @PlatformRoute('operators', WHY)
  @Door({
    summary: 'What became of it so far',
    permission: PLATFORM_PERMISSIONS.readTenants,
    answers: { 200: OperatorsOnboardingView },
    refuses: ['signup.not-found'],
  })
  show(@Param('id', { schema: OnboardingId }) id: string): Promise<OperatorsOnboardingView> {
    return this.onboardings.forOperators(id);
  }

  @Post('onboardings/:id/retry')
  @HttpCode(202)
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'Try one again that needs somebody, in the direction it went', ...CHANGED })
  async retry(
    @Param('id', { schema: OnboardingId }) id: string,
    @Body({ schema: ActOnOnboarding }) _reason: ActOnOnboarding,
  ): Promise<OperatorsOnboardingView> {
    await this.onboardings.retry(id);
    return this.onboardings.forOperators(id);
  }

  @Post('onboardings/:id/cancel')
  @HttpCode(202)
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'Take one back that is not active yet', ...CHANGED })
  async cancel(
    @Param('id', { schema: OnboardingId }) id: string,
    @Body({ schema: ActOnOnboarding }) _reason: ActOnOnboarding,
  ): Promise<OperatorsOnboardingView> {
    await this.onboardings.cancel(id);
    return this.onboardings.forOperators(id);
  }
}
