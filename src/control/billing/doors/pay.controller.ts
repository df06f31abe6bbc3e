import { Controller, Get, HttpCode, Query, Res } from '@nestjs/common';
import { z } from 'zod';
import { PayDesk } from '#control/billing/pay-desk.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { Text } from '#workspace/schemas.js';

const PayQuery = z.strictObject({ t: Text.min(1).max(200) });

/** For who cannot sign in, because it was not paid. */
@Controller('/api/billing/pay')
export class PayController {
  constructor(private readonly desk: PayDesk) {}

  @Get()
  @HttpCode(303)
  @PlatformRoute('public', 'the link in the mail is signed, for one tenant, and opens nothing but the page where it pays')
  @Door({
    summary: 'Go from the link in a mail to the page where a company pays',
    answers: { 303: null },
    refuses: ['billing.link-invalid', 'billing.unavailable'],
  })
  async pay(
    @Query({ schema: PayQuery }) { t }: z.infer<typeof PayQuery>,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<void> {
    answer.header('location', await this.desk.open(t));
    answer.header('cache-control', 'no-store');
    answer.header('referrer-policy', 'no-referrer');
  }
}
