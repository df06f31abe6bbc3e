import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { Because } from '../people/operator.schemas.js';
import { PLATFORM_PERMISSIONS } from '../rights/platform-permissions.js';
import { OperatedTenantsService } from './operated-tenants.service.js';
import { ListTenants, TenantId, TenantPage, TenantView } from './tenant.schemas.js';
import { TenantKey } from '#control/operators/tenant-key.js';

const { readTenants, changeTenants, holdTenants } = PLATFORM_PERMISSIONS;
const SHOWS = 'shows every tenant';
const ACTS = 'decides about a tenant as a whole';
const REFUSES = ['tenant.unknown', 'catalog.status-refused', 'lifecycle.erasure-begun'];

/** Tenants, for those who run the platform. */
@Controller('/api/platform/tenants')
export class OperatedTenantsController {
  constructor(private readonly tenants: OperatedTenantsService) {}

  @Get()
  @PlatformRoute('operators', SHOWS)
  @Door({ summary: 'List tenants, newest first', permission: readTenants, answers: { 200: TenantPage }, refuses: ['cursor.invalid'] })
  list(@Query({ schema: ListTenants }) query: ListTenants): Promise<TenantPage> {
    return this.tenants.list(query);
  }

  @Get(':idOrSlug')
  @PlatformRoute('operators', SHOWS)
  @Door({
    summary: 'Read what the platform knows of a tenant, by its id or its slug',
    permission: readTenants,
    answers: { 200: TenantView },
    refuses: ['tenant.unknown'],
  })
  get(@Param('idOrSlug', { schema: TenantKey }) idOrSlug: string): Promise<TenantView> {
    return this.tenants.get(idOrSlug);
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @PlatformRoute('operators', ACTS)
  @Door({
    summary: 'Close a tenant to everybody; its data stays',
    permission: changeTenants,
    answers: { 200: TenantView },
    refuses: REFUSES,
  })
  suspend(@Param('id', { schema: TenantId }) id: string, @Body({ schema: Because }) { reason }: Because): Promise<TenantView> {
    return this.tenants.act('suspend', id, reason);
  }

  @Post(':id/reinstate')
  @HttpCode(200)
  @PlatformRoute('operators', ACTS)
  @Door({ summary: 'Open a suspended tenant again', permission: changeTenants, answers: { 200: TenantView }, refuses: REFUSES })
  reinstate(@Param('id', { schema: TenantId }) id: string, @Body({ schema: Because }) { reason }: Because): Promise<TenantView> {
    return this.tenants.act('reinstate', id, reason);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @PlatformRoute('operators', ACTS)
  @Door({
    summary: 'End a tenant; its data is kept for its time',
    permission: changeTenants,
    answers: { 200: TenantView },
    refuses: REFUSES,
  })
  cancel(@Param('id', { schema: TenantId }) id: string, @Body({ schema: Because }) { reason }: Because): Promise<TenantView> {
    return this.tenants.act('cancel', id, reason);
  }

  @Post(':id/reactivate')
  @HttpCode(200)
  @PlatformRoute('operators', ACTS)
  @Door({
    summary: 'Bring a cancelled tenant back, as long as its erasure has not begun',
    permission: changeTenants,
    answers: { 200: TenantView },
    refuses: REFUSES,
  })
  reactivate(@Param('id', { schema: TenantId }) id: string, @Body({ schema: Because }) { reason }: Because): Promise<TenantView> {
    return this.tenants.act('reactivate', id, reason);
  }

  @Post(':id/hold')
  @HttpCode(200)
  @PlatformRoute('operators', ACTS)
  @Door({
    summary: 'Keep the data of a tenant from being erased, whatever is due',
    permission: holdTenants,
    answers: { 200: TenantView },
    refuses: REFUSES,
  })
  hold(@Param('id', { schema: TenantId }) id: string, @Body({ schema: Because }) { reason }: Because): Promise<TenantView> {
    return this.tenants.act('hold', id, reason);
  }

  @Post(':id/release')
  @HttpCode(200)
  @PlatformRoute('operators', ACTS)
  @Door({ summary: 'Lift a legal hold', permission: holdTenants, answers: { 200: TenantView }, refuses: REFUSES })
  release(@Param('id', { schema: TenantId }) id: string, @Body({ schema: Because }) { reason }: Because): Promise<TenantView> {
    return this.tenants.act('release', id, reason);
  }
}
