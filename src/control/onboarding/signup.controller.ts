import { Body, Controller, Get, Headers, HttpCode, Ip, Param, Post, Res, type StreamableFile } from '@nestjs/common';
import { OnboardingBegun, OnboardingId, OnboardingView, SignUp } from '#control/onboarding/onboarding.schemas.js';
import { Onboardings } from '#control/onboarding/onboardings.js';
import { OnboardingStreams } from '#control/onboarding/onboarding-streams.js';
import { answered, withRate } from '#control/onboarding/signup-answer.js';
import { SignUpDoor } from '#control/onboarding/signup-door.js';
import { streamed, type StreamAnswer } from '#control/work/stream-answer.js';
import { idempotencyKeyOf } from '#kernel/idempotency/idempotency-key.js';
import { peerNetworkOf } from '#kernel/limits/peer-network.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';

const REFUSES = [
  'signup.sales-only',
  'signup.closed',
  'signup.slug-refused',
  'signup.notify-url-refused',
  'catalog.slug-taken',
  'provisioning.plan-unknown',
  'provisioning.region-unknown',
  'rate.limited',
];

/** Where anybody gets a tenant of their own; the id that is answered is all it takes to see what becomes of it. */
@Controller('/api')
export class SignUpController {
  constructor(
    private readonly door: SignUpDoor,
    private readonly onboardings: Onboardings,
    private readonly streams: OnboardingStreams,
  ) {}

  @Post('signup')
  @HttpCode(202)
  @PlatformRoute('public', 'whoever signs up has no tenant yet')
  @Door({ summary: 'Sign up: the tenant is made meanwhile', answers: { 202: OnboardingBegun }, refuses: REFUSES, isCreation: true })
  async signUp(
    @Body({ schema: SignUp }) request: SignUp,
    @Headers('idempotency-key') key: string | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<OnboardingBegun> {
    withRate(await this.door.count('signup', address), answer);
    return answered(await this.door.strangers(idempotencyKeyOf(key), request), answer);
  }

  @Post('companies')
  @HttpCode(202)
  @PlatformRoute('public', 'whoever signs up has no tenant yet')
  @Door({ summary: 'The same as signing up, by another name', answers: { 202: OnboardingBegun }, refuses: REFUSES, isCreation: true })
  company(
    @Body({ schema: SignUp }) request: SignUp,
    @Headers('idempotency-key') key: string | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<OnboardingBegun> {
    return this.signUp(request, key, address, answer);
  }

  @Get('signup/:id')
  @PlatformRoute('public', 'whoever signs up has no tenant yet')
  @Door({ summary: 'What became of it so far', answers: { 200: OnboardingView }, refuses: ['signup.not-found', 'rate.limited'] })
  async show(
    @Param('id', { schema: OnboardingId }) id: string,
    @Ip() address: string,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<OnboardingView> {
    withRate(await this.door.count('signup-look', address), answer);
    return this.onboardings.forEverybody(id);
  }

  @Get('signup/:id/events')
  @PlatformRoute('public', 'whoever signs up has no tenant yet')
  @Door({
    summary: 'Be told of each change, as server-sent events; with Last-Event-ID only of later ones',
    answers: { 200: null },
    refuses: ['signup.not-found', 'streams.too-many', 'rate.limited'],
  })
  async watch(
    @Param('id', { schema: OnboardingId }) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) answer: StreamAnswer,
  ): Promise<StreamableFile> {
    withRate(await this.door.count('signup-look', address), answer);
    await this.onboardings.forEverybody(id);
    return streamed(this.streams.begin(id, lastEventId, peerNetworkOf(address)), answer);
  }
}
