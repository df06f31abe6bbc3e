import { auditAction } from '#kernel/plugin/audit-action.js';
import type { Plugin } from '#kernel/plugin/plugin.js';
import { Company } from './company.entity.js';
import { CompanyModule } from './company.module.js';
import { COMPANY_PERMISSIONS } from './company.permissions.js';

/** The tenant's own card. */
export const companyPlugin: Plugin = {
  name: 'company',
  entities: [Company],
  module: CompanyModule,
  permissions: Object.values(COMPANY_PERMISSIONS),
  handlers: [],
  auditActions: [auditAction('company.changed'), auditAction('company.cancellation-requested')],
};
