import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { NoticeTooLargeError } from '#control/billing/billing.errors.js';
import { NoticeDesk } from '#control/billing/notice-desk.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { type RawBody, TakesRawBody } from '#kernel/plugin/raw-body.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';

const AT_MOST_BYTES = 1_048_576;

/** Where the payment provider tells what happened. */
@Controller('/webhooks/stripe')
export class StripeWebhookController {
  constructor(private readonly desk: NoticeDesk) {}

  @Post()
  @HttpCode(200)
  @TakesRawBody()
  @PlatformRoute('public', 'the payment provider shows who it is by a signature over the body')
  @Door({
    summary: 'Take a notice of the payment provider; it is kept and answered before anything is done about it',
    answers: { 200: null },
    refuses: ['billing.webhook-refused', 'billing.notice-too-large', 'billing.busy', 'catalog.unavailable'],
  })
  async take(
    @Body() body: RawBody | undefined,
    @Headers('stripe-signature') signature: string | undefined,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<void> {
    try {
      await this.desk.take(body ? await bytesOf(body) : Buffer.alloc(0), signature);
    } finally {
      // Whoever is refused may still be sending.
      if (body && !body.stream.readableEnded) answer.header('connection', 'close');
    }
  }
}

/** Exactly what was sent, for that is what was signed. Raises NoticeTooLargeError as soon as it is known. */
async function bytesOf({ stream, length }: RawBody): Promise<Buffer> {
  if (length !== undefined && length > AT_MOST_BYTES) throw new NoticeTooLargeError(AT_MOST_BYTES);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > AT_MOST_BYTES) throw new NoticeTooLargeError(AT_MOST_BYTES);
  }
  return Buffer.concat(chunks);
}
