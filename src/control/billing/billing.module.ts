import { Module } from '@nestjs/common';
import { BillingService } from '#control/billing/billing.service.js';
import { BillingController } from '#control/billing/doors/billing.controller.js';
import { PayController } from '#control/billing/doors/pay.controller.js';
import { StripeWebhookController } from '#control/billing/doors/stripe-webhook.controller.js';
import { PlanChoice } from '#control/billing/plan-choice.js';
import { GatherUsage } from '#control/billing/usage/gather-usage.job.js';
import { UsageService } from '#control/billing/usage/usage.service.js';
import { UsageModule } from '#workspace/usage/usage.module.js';

@Module({
  imports: [UsageModule],
  controllers: [BillingController, StripeWebhookController, PayController],
  providers: [BillingService, PlanChoice, UsageService, GatherUsage],
})
export class BillingModule {}
