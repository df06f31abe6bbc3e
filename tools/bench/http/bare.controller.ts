import { Controller, Get, Module } from '@nestjs/common';

/** The same answer on Nest and Fastify as they come. */
@Controller('/api/bench')
export class BareController {
  @Get('nobody')
  nobody(): { tenant: string } {
    return { tenant: 'nobody' };
  }
}

@Module({ controllers: [BareController] })
export class BareModule {}
