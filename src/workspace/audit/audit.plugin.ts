import type { Plugin } from '#kernel/plugin/plugin.js';
import { AnchorAuditJob } from '#workspace/audit/anchor-audit.job.js';
import { AUDIT_ACTIONS } from '#workspace/audit/audit.audit.js';
import { AuditModule } from '#workspace/audit/audit.module.js';
import { AUDIT_PERMISSIONS } from '#workspace/audit/audit.permissions.js';
import { featureKey } from '#workspace/settings/feature-key.js';

const HOUR_MS = 3_600_000;

/** The record of what is done in a tenant. */
export const auditPlugin: Plugin = {
  name: 'audit',
  entities: [],
  module: AuditModule,
  permissions: Object.values(AUDIT_PERMISSIONS),
  handlers: [AnchorAuditJob],
  schedules: [{ name: 'audit.anchor-hourly', handler: AnchorAuditJob, every: { milliseconds: HOUR_MS } }],
  auditActions: AUDIT_ACTIONS,
  settings: [featureKey('audit-export', { owner: 'audit', description: 'Whether the record can be exported.', flag: 'audit-export' })],
};
