import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { AuditorDesk } from '#control/auditors/auditor-desk.js';
import { AuditorId, AuditorList, GrantAuditor, GrantedAuditor, RevokeAuditor } from '#control/auditors/auditor.schemas.js';
import { TenantKey } from '#control/operators/tenant-key.js';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';

/** Logins of those who look at one tenant for a time. */
@Controller('/api/platform/tenants/:tenant/auditors')
export class AuditorsController {
  constructor(private readonly desk: AuditorDesk) {}

  @Post()
  @PlatformRoute('operators', 'lets somebody look at a tenant’s rows')
  @Door({
    summary: 'Make a read-only, expiring database login for one tenant; it is shown once',
    permission: PLATFORM_PERMISSIONS.manageAuditors,
    answers: { 201: GrantedAuditor },
    refuses: ['tenant.unknown', 'auditors.tenant-closed', 'auditors.expiry-refused', 'auditors.login-failed'],
  })
  async grant(
    @Param('tenant', { schema: TenantKey }) tenant: string,
    @Body({ schema: GrantAuditor }) wish: GrantAuditor,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<GrantedAuditor> {
    const { id, url, role, expiresAt } = await this.desk.grant(tenant, wish);
    answer.header('cache-control', 'no-store');
    return { id, url, role, expiresAt: expiresAt.toISOString() };
  }

  @Get()
  @PlatformRoute('operators', 'says who may look at a tenant’s rows')
  @Door({
    summary: 'List auditors of a tenant, newest first',
    permission: PLATFORM_PERMISSIONS.manageAuditors,
    answers: { 200: AuditorList },
    refuses: ['tenant.unknown'],
  })
  async list(@Param('tenant', { schema: TenantKey }) tenant: string): Promise<AuditorList> {
    const cards = await this.desk.list(tenant);
    const data = cards.map(({ id, email, role, reason, expiresAt, createdAt, revokedAt }) => ({
      ...{ id, email, role, reason, expiresAt: expiresAt.toISOString(), createdAt: createdAt.toISOString() },
      revokedAt: revokedAt?.toISOString() ?? null,
    }));
    return { data, nextCursor: null };
  }

  @Delete(':id')
  @HttpCode(204)
  @PlatformRoute('operators', 'ends a login of a tenant’s database')
  @Door({
    summary: 'End an auditor’s login and its open sessions',
    permission: PLATFORM_PERMISSIONS.manageAuditors,
    answers: { 204: null },
    refuses: ['tenant.unknown', 'auditors.not-found', 'auditors.login-failed'],
  })
  async revoke(
    @Param('tenant', { schema: TenantKey }) tenant: string,
    @Param('id', { schema: AuditorId }) id: string,
    @Body({ schema: RevokeAuditor }) _reason: RevokeAuditor,
  ): Promise<void> {
    await this.desk.revoke(tenant, id);
  }
}
