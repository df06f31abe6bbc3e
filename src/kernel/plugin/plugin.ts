import type { EntityClass } from '@mikro-orm/core';
import type { Type } from '@nestjs/common';
import type { JobHandlerClass } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import type { AuditAction } from '#kernel/plugin/audit-action.js';
import type { Permission } from '#kernel/plugin/permission.js';
import type { SettingKey } from '#kernel/plugin/setting-key.js';
import type { TenantCount } from '#kernel/plugin/tenant-count.js';

/** One part of the product: what it keeps, what it serves, what it lets people do and what it does afterwards. It learns whose work it does from the kernel alone. */
export interface Plugin {
  readonly name: string;
  readonly entities: readonly EntityClass<object>[];
  readonly module: Type;
  readonly permissions: readonly Permission[];
  /** Each is a provider of the module too. */
  readonly handlers: readonly JobHandlerClass[];
  /** What is done again and again for every active tenant. */
  readonly schedules?: readonly Schedule[];
  /** What the platform counts of it, for every tenant. */
  readonly counts?: readonly TenantCount[];
  /** What it puts on record. */
  readonly auditActions?: readonly AuditAction[];
  /** What tenants and operators can set of it. */
  readonly settings?: readonly SettingKey[];
}
