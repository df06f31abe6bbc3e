import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { BILLING_PERMISSIONS } from '#control/billing/billing.permissions.js';
import { BillingService } from '#control/billing/billing.service.js';
import {
  ChangedPlan,
  ChangePlan,
  ChoosePlan,
  PageView,
  PreviewView,
  SubscriptionView,
  UsageView,
} from '#control/billing/doors/billing.schemas.js';
import { UsageService } from '#control/billing/usage/usage.service.js';
import { Door } from '#kernel/plugin/door.js';

const { read, manage } = BILLING_PERMISSIONS;
const AWAY = ['billing.unavailable', 'billing.refused'];
const CHOICE = ['billing.plan-unknown', 'billing.sales-only', ...AWAY];

@Controller('/api/billing')
export class BillingController {
  constructor(
    private readonly billing: BillingService,
    private readonly usage: UsageService,
  ) {}

  @Get('subscription')
  @Door({ summary: 'Read what the company pays, and until when', permission: read, answers: { 200: SubscriptionView } })
  subscription(): Promise<SubscriptionView> {
    return this.billing.subscription();
  }

  @Get('usage')
  @Door({ summary: 'Read how much of the plan was used', permission: read, answers: { 200: UsageView } })
  used(): Promise<UsageView> {
    return this.usage.read();
  }

  @Post('preview')
  @HttpCode(200)
  @Door({
    summary: 'Say what another plan would cost at once; nothing is changed',
    permission: manage,
    answers: { 200: PreviewView },
    refuses: [...CHOICE, 'billing.no-subscription'],
  })
  preview(@Body({ schema: ChoosePlan }) { plan }: ChoosePlan): Promise<PreviewView> {
    return this.billing.preview(plan);
  }

  @Post('plan')
  @HttpCode(200)
  @Door({
    summary: 'Change the plan: to more at once, to less when the period ends; the present one takes back what was planned',
    permission: manage,
    answers: { 200: ChangedPlan },
    // Not repeatable by a key: its transaction would wait for the provider, which does the same change once anyway.
    refuses: [...CHOICE, 'billing.no-subscription', 'billing.same-plan', 'billing.preview-outdated'],
  })
  plan(@Body({ schema: ChangePlan }) { plan, prorationAt }: ChangePlan): Promise<ChangedPlan> {
    return this.billing.changePlan(plan, prorationAt);
  }

  @Post('checkout')
  @HttpCode(200)
  @Door({
    summary: 'Open the page where somebody agrees to pay for a plan; a second time it is the same page',
    permission: manage,
    answers: { 200: PageView },
    refuses: CHOICE,
  })
  async checkout(@Body({ schema: ChoosePlan }) { plan }: ChoosePlan): Promise<PageView> {
    return { url: await this.billing.checkout(plan) };
  }

  @Post('portal')
  @HttpCode(200)
  @Door({
    summary: 'Open the page with the invoices; its address is good once',
    permission: manage,
    answers: { 200: PageView },
    refuses: AWAY,
  })
  async portal(): Promise<PageView> {
    return { url: await this.billing.portal() };
  }
}
