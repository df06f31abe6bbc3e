import type { Plugin } from '#kernel/plugin/plugin.js';
import { OnboardingModule } from '#control/onboarding/onboarding.module.js';

/** How a tenant comes to be: signed up for, or made by sales. */
export const onboardingPlugin: Plugin = {
  name: 'onboarding',
  entities: [],
  module: OnboardingModule,
  permissions: [],
  handlers: [],
};
