import type { Plugin } from '#kernel/plugin/plugin.js';
import { EntitlementsModule } from '#control/entitlements/entitlements.module.js';

/** What is agreed with tenants beside their plans. */
export const entitlementsPlugin: Plugin = { name: 'entitlements', entities: [], module: EntitlementsModule, permissions: [], handlers: [] };
