import { ACCESS_MUTATIONS } from './access.mutations.js';
import { API_MUTATIONS } from './api.mutations.js';
import { AUDIT_MUTATIONS } from './audit.mutations.js';
import { AUDITOR_MUTATIONS } from './auditors.mutations.js';
import { BILLING_MUTATIONS } from './billing.mutations.js';
import { DATABASE_MUTATIONS } from './database.mutations.js';
import { ERASURE_MUTATIONS } from './erasure.mutations.js';
import { HOME_MUTATIONS } from './homes.mutations.js';
import { ISOLATION_MUTATIONS } from './isolation.mutations.js';
import { LIFECYCLE_MUTATIONS } from './lifecycle.mutations.js';
import { MEMBERS_MUTATIONS } from './members.mutations.js';
import { LINT_MUTATIONS } from './migration-lint.mutations.js';
import type { Mutation } from './mutation.js';
import { ONBOARDING_MUTATIONS } from './onboarding.mutations.js';
import { OPERATORS_MUTATIONS } from './operators.mutations.js';
import { PRODUCT_MUTATIONS } from './product.mutations.js';
import { RESOLUTION_MUTATIONS } from './resolution.mutations.js';
import { RUN_MUTATIONS } from './runs.mutations.js';
import { SETTINGS_MUTATIONS } from './settings.mutations.js';
import { TRUTH_MUTATIONS } from './truth.mutations.js';
import { WORK_MUTATIONS } from './work.mutations.js';

/** Every defence that is known by name. */
export const MUTATIONS: readonly Mutation[] = [
  ...ACCESS_MUTATIONS,
  ...RESOLUTION_MUTATIONS,
  ...MEMBERS_MUTATIONS,
  ...ISOLATION_MUTATIONS,
  ...DATABASE_MUTATIONS,
  ...AUDIT_MUTATIONS,
  ...AUDITOR_MUTATIONS,
  ...WORK_MUTATIONS,
  ...LIFECYCLE_MUTATIONS,
  ...ERASURE_MUTATIONS,
  ...API_MUTATIONS,
  ...PRODUCT_MUTATIONS,
  ...BILLING_MUTATIONS,
  ...HOME_MUTATIONS,
  ...RUN_MUTATIONS,
  ...LINT_MUTATIONS,
  ...TRUTH_MUTATIONS,
  ...ONBOARDING_MUTATIONS,
  ...OPERATORS_MUTATIONS,
  ...SETTINGS_MUTATIONS,
];
