import { Controller, Get } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { AnyHost } from '#kernel/plugin/route-kind.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';

/** Routes that do no work of their own: what they cost is what the way to them costs. */
@Controller('/api/bench')
export class BenchController {
  constructor(private readonly contexts: TenantContextFactory) {}

  @Get('nobody')
  @AnyHost('it is measured what a request costs that is nobody’s')
  nobody(): { tenant: string } {
    return { tenant: 'nobody' };
  }

  @Get('scope')
  scope(): { tenant: string } {
    return { tenant: TenantScope.require('be measured').id };
  }

  @Get('context')
  context(): { tenant: string } {
    return { tenant: this.contexts.open().tenant.id };
  }
}
