import { FENCE_RULES } from './fence-rules.js';
import { HIDDEN_RULES } from './hidden-rules.js';
import { LOCK_RULES } from './lock-rules.js';
import { LOSS_RULES } from './loss-rules.js';
import type { LintRule } from './rule.js';
import { RUNNER_RULES } from './runner-rules.js';
import { TENANT_RULES } from './tenant-rules.js';

/** What no change may be. */
export const RULES: readonly LintRule[] = [...LOCK_RULES, ...LOSS_RULES, ...FENCE_RULES, ...RUNNER_RULES, ...HIDDEN_RULES, ...TENANT_RULES];
