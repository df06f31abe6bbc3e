import type { Plugin } from '#kernel/plugin/plugin.js';
import { AUDITOR_ACTIONS } from '#control/auditors/auditors.audit.js';
import { AuditorsModule } from '#control/auditors/auditors.module.js';

/** Those who look at one tenant's rows for a time, by a database login of their own. */
export const auditorsPlugin: Plugin = {
  name: 'auditors',
  entities: [],
  module: AuditorsModule,
  permissions: [],
  handlers: [],
  auditActions: Object.values(AUDITOR_ACTIONS),
};
