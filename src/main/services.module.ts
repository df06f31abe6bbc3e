import { type DynamicModule, Module } from '@nestjs/common';
import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import { IdempotencyGate } from '#kernel/idempotency/idempotency-gate.js';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { WORK_OVERSEER } from '#kernel/jobs/work-overseer.js';
import { Lockout } from '#kernel/limits/lockout.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { ErasureDesk } from '#control/lifecycle/erasure/erasure-desk.js';
import { TenantExporter } from '#control/lifecycle/export/tenant-exporter.js';
import { openExporter } from '#main/open-transfer.js';
import { openErasureDesk } from '#main/open-erasures.js';
import { AuditorDesk } from '#control/auditors/auditor-desk.js';
import { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { billingProviders } from '#main/billing-parts.js';
import { billingServiceProviders } from '#main/billing-services.js';
import { fleetProviders } from '#main/fleet-parts.js';
import { memberProviders } from '#main/member-services.js';
import { notificationProviders } from '#main/notification-parts.js';
import { onboardingProviders } from '#main/onboarding.js';
import { operatorProviders } from '#main/operator-services.js';
import type { Platform } from '#main/platform.js';
import { settingProviders } from '#main/setting-parts.js';
import { AUDIT_ANCHORS } from '#workspace/audit/audit-anchors.js';
import { AUDIT_KEYS } from '#workspace/audit/audit-keys.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { Access } from '#workspace/access/access.js';
import { AccessChanges } from '#workspace/access/access-changes.js';
import { API_KEY_DESK } from '#workspace/access/keys/api-key-desk.js';
import { TenantObjects } from '#workspace/objects/tenant-objects.js';
import { PermissionCatalogue } from '#workspace/access/permission-catalogue.js';

/** Offers every part of the product what the platform has for it, in the api and in the worker alike; each is known by its class or by the token beside its port. */
@Module({})
export class ServicesModule {
  static on(platform: Platform): DynamicModule {
    const { contexts, signing } = platform;
    const providers = [
      ...memberProviders(platform.members),
      ...operatorProviders(platform),
      ...notificationProviders(platform.notifications),
      ...billingProviders(platform.billing),
      ...onboardingProviders(platform),
      ...billingServiceProviders(platform.billingServices),
      ...settingProviders(platform),
      { provide: TenantContextFactory, useValue: contexts },
      { provide: SigningKeys, useValue: signing },
      { provide: IdempotencyGate, useValue: new IdempotencyGate(contexts, signing) },
      { provide: PageCursors, useValue: new PageCursors(signing) },
      { provide: Outbox, useValue: platform.outbox },
      { provide: WORK_OVERSEER, useValue: platform.overseer },
      { provide: AuditTrail, useValue: platform.audit },
      { provide: AUDIT_ANCHORS, useValue: platform.auditAnchors },
      { provide: AUDIT_KEYS, useValue: platform.auditKeys },
      { provide: PlanCatalogue, useValue: platform.plans },
      { provide: Access, useValue: platform.access },
      { provide: AccessChanges, useValue: platform.accessChanges },
      { provide: PermissionCatalogue, useValue: platform.permissions },
      { provide: API_KEY_DESK, useValue: platform.keyDesk },
      { provide: Lockout, useValue: platform.lockout },
      { provide: PlatformAuditChain, useValue: new PlatformAuditChain(platform.catalog) },
      { provide: TenantLifecycle, useValue: platform.lifecycle },
      { provide: TenantExporter, useValue: openExporter(platform) },
      { provide: ErasureDesk, useValue: openErasureDesk(platform) },
      { provide: AuditorDesk, useValue: platform.auditors },
      ...fleetProviders(platform),
      { provide: TenantObjects, useValue: platform.objects },
    ];
    return { module: ServicesModule, global: true, providers, exports: providers };
  }
}
