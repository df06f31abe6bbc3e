import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ErasureDesk, type ErasureProgress } from '#control/lifecycle/erasure/erasure-desk.js';
import { fileOf } from '#control/lifecycle/erasure/erasure-certificate.js';
import { ErasedTenantId, ErasureAsked, ErasureView, EraseTenant } from '#control/lifecycle/erasure/erasure.schemas.js';
import { actingOperator } from '#control/operators/acting-operator.js';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';

/** The end of a tenant, and its proof. */
@Controller('/api/platform/tenants/:id')
export class ErasureController {
  constructor(private readonly desk: ErasureDesk) {}

  @Post('erase')
  @HttpCode(202)
  @PlatformRoute('operators', 'takes away everything a tenant has')
  @Door({
    summary: 'Erase a cancelled tenant once its retention is over, or now when its name confirms it',
    permission: PLATFORM_PERMISSIONS.eraseTenants,
    answers: { 202: ErasureAsked },
    refuses: [
      ...['tenant.unknown', 'lifecycle.not-cancelled', 'lifecycle.retention-not-over', 'lifecycle.legal-hold', 'lifecycle.not-confirmed'],
    ],
  })
  async erase(
    @Param('id', { schema: ErasedTenantId }) id: string,
    @Body({ schema: EraseTenant }) wish: EraseTenant,
  ): Promise<ErasureAsked> {
    const workId = await this.desk.ask(id, { ...wish, requestedBy: actingOperator().name });
    return { workId, statusUrl: `/api/platform/tenants/${id}/erasure` };
  }

  @Get('erasure')
  @PlatformRoute('operators', 'shows the proof that a tenant is gone')
  @Door({
    summary: 'How far an erasure has come, and its certificate',
    permission: PLATFORM_PERMISSIONS.eraseTenants,
    answers: { 200: ErasureView },
  })
  async show(@Param('id', { schema: ErasedTenantId }) id: string): Promise<ErasureView> {
    return viewOf(await this.desk.progress(id));
  }
}

function viewOf({ work, certificate }: ErasureProgress): ErasureView {
  const asked = work?.state === 'queued' || work?.state === 'running' ? work.state : 'failed';
  const state = work ? asked : 'none';
  return {
    state: certificate ? 'erased' : state,
    steps: (work?.steps ?? []).map(({ name, state: stepState, error }) => ({ name, state: stepState, error })),
    certificate: certificate && fileOf(certificate),
  };
}
