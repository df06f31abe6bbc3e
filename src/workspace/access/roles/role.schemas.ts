import { z } from 'zod';
import { SYSTEM_ROLES } from '#kernel/plugin/permission.js';
import { Text } from '#workspace/schemas.js';

const Name = Text.trim().min(1).max(100);
const Key = z.string().regex(/^[a-z][a-z0-9-]{1,48}$/, { error: 'is not the key of a role' });
const Permission = z.string().regex(/^[a-z][a-z-]{0,40}:[a-z][a-z-]{0,40}$/, { error: 'is not the name of a permission' });
const once = (texts: string[]): string[] => [...new Set(texts)];
const Parents = z.array(Key).max(10).transform(once);
const Permissions = z.array(Permission).max(200).transform(once);

/** A new role: what it has by itself, and the roles whose rights it has too. */
export const CreateRole = z
  .strictObject({
    key: Key.refine((key) => !(SYSTEM_ROLES as readonly string[]).includes(key), { error: 'is a role of the system' }),
    name: Name,
    parents: Parents.default([]),
    permissions: Permissions.default([]),
  })
  .meta({ id: 'CreateRole' });
export type CreateRole = z.infer<typeof CreateRole>;

/** What may be changed; what is not given stays. */
export const ChangeRole = z.strictObject({ name: Name, parents: Parents, permissions: Permissions }).partial().meta({ id: 'ChangeRole' });
export type ChangeRole = z.infer<typeof ChangeRole>;

/** A role of the system is known by its key. */
export const RoleId = z.union([z.uuid(), z.enum(SYSTEM_ROLES)]);

/** A role as callers see it; `permissions` is what it has by itself, `all` with what it inherits. */
export const RoleView = z
  .strictObject({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    isSystem: z.boolean(),
    parents: z.array(z.string()),
    permissions: z.array(z.string()),
    all: z.array(z.string()),
    version: z.int(),
    createdAt: z.iso.datetime().nullable(),
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Role' });
export type RoleView = z.infer<typeof RoleView>;

/** Those of the system first, from the least to the most; there are never more than fit. */
export const RolePage = z.strictObject({ data: z.array(RoleView), nextCursor: z.null() }).meta({ id: 'RolePage' });
export type RolePage = z.infer<typeof RolePage>;
