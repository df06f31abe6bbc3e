import type { Plugin } from '#kernel/plugin/plugin.js';
import { auditorsPlugin } from '#control/auditors/auditors.plugin.js';
import { billingPlugin } from '#control/billing/billing.plugin.js';
import { entitlementsPlugin } from '#control/entitlements/entitlements.plugin.js';
import { fleetPlugin } from '#control/fleet/fleet.plugin.js';
import { lifecyclePlugin } from '#control/lifecycle/lifecycle.plugin.js';
import { metricsPlugin } from '#control/metrics/metrics.plugin.js';
import { onboardingPlugin } from '#control/onboarding/onboarding.plugin.js';
import { operatorsPlugin } from '#control/operators/operators.plugin.js';
import { operatorSettingsPlugin } from '#control/settings/operator-settings.plugin.js';
import { accessPlugin } from '#workspace/access/access.plugin.js';
import { auditPlugin } from '#workspace/audit/audit.plugin.js';
import { companyPlugin } from '#workspace/company/company.plugin.js';
import { jobsPlugin } from '#workspace/jobs/jobs.plugin.js';
import { membersPlugin } from '#workspace/members/members.plugin.js';
import { notificationsPlugin } from '#workspace/notifications/notifications.plugin.js';
import { settingsPlugin } from '#workspace/settings/settings.plugin.js';
import { ticketsPlugin } from '#plugins/tickets/tickets.plugin.js';

/** The parts this product has; the only list of them. */
export const plugins: readonly Plugin[] = [
  accessPlugin,
  auditPlugin,
  auditorsPlugin,
  billingPlugin,
  companyPlugin,
  entitlementsPlugin,
  fleetPlugin,
  jobsPlugin,
  lifecyclePlugin,
  membersPlugin,
  metricsPlugin,
  notificationsPlugin,
  onboardingPlugin,
  operatorsPlugin,
  operatorSettingsPlugin,
  settingsPlugin,
  ticketsPlugin,
];
