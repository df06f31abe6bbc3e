import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { EntitlementDesk } from '#control/entitlements/entitlement-desk.js';
import { AgreeEntitlement, EndEntitlement, EntitlementKey, EntitlementsView } from '#control/entitlements/entitlement.schemas.js';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { TenantKey } from '#control/operators/tenant-key.js';

const { readBilling, manageBilling } = PLATFORM_PERMISSIONS;

/** What was agreed with one tenant beside its plan. */
@Controller('/api/platform/tenants/:tenant/entitlements')
export class EntitlementsController {
  constructor(private readonly desk: EntitlementDesk) {}

  @Get()
  @PlatformRoute('operators', 'says what one tenant may have, and why')
  @Door({
    summary: 'Read what a tenant may have, and what of it was agreed beside its plan',
    permission: readBilling,
    answers: { 200: EntitlementsView },
    refuses: ['tenant.unknown'],
  })
  read(@Param('tenant', { schema: TenantKey }) tenant: string): Promise<EntitlementsView> {
    return this.desk.read(tenant);
  }

  @Put(':key')
  @PlatformRoute('operators', 'gives one tenant something beside its plan')
  @Door({
    summary: 'Agree on something beside the plan, for a time or for good',
    permission: manageBilling,
    answers: { 200: EntitlementsView },
    refuses: ['tenant.unknown', 'entitlements.unknown'],
  })
  agree(
    @Param('tenant', { schema: TenantKey }) tenant: string,
    @Param('key', { schema: EntitlementKey }) key: string,
    @Body({ schema: AgreeEntitlement }) agreed: AgreeEntitlement,
  ): Promise<EntitlementsView> {
    return this.desk.agree(tenant, key, agreed);
  }

  @Delete(':key')
  @HttpCode(204)
  @PlatformRoute('operators', 'takes back what one tenant was given beside its plan')
  @Door({
    summary: 'End what was agreed beside the plan',
    permission: manageBilling,
    answers: { 204: null },
    refuses: ['tenant.unknown', 'entitlements.not-found'],
  })
  async end(
    @Param('tenant', { schema: TenantKey }) tenant: string,
    @Param('key', { schema: EntitlementKey }) key: string,
    @Body({ schema: EndEntitlement }) { reason }: EndEntitlement,
  ): Promise<void> {
    await this.desk.end(tenant, key, reason);
  }
}
