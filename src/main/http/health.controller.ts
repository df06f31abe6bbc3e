import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Door } from '#kernel/plugin/door.js';
import { AnyHost } from '#kernel/plugin/route-kind.js';
import { Readiness, type ReadinessReport } from '#main/http/readiness.js';

const Live = z.strictObject({ status: z.literal('up') });
const Ready = z.strictObject({
  status: z.enum(['up', 'degraded', 'down', 'stopping']),
  checks: z.record(z.string(), z.looseObject({ status: z.enum(['up', 'degraded', 'down']) })),
});

@Controller('/health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @AnyHost('a probe knows no tenant')
  @Door({ summary: 'Whether this process runs', answers: { 200: Live } })
  live(): z.infer<typeof Live> {
    return { status: 'up' };
  }

  @Get('ready')
  @AnyHost('a probe knows no tenant')
  @Door({ summary: 'Whether to send requests here', answers: { 200: Ready, 503: Ready } })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.read();
    if (report.status === 'down' || report.status === 'stopping') void reply.code(503);
    return report;
  }
}
