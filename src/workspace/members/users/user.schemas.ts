import { z } from 'zod';
import { Limit, Text } from '#workspace/schemas.js';
import { MEMBER_STATUSES } from '../member.entity.js';

const Name = Text.trim().min(1).max(200);
const RoleKey = z.string().regex(/^[a-z][a-z0-9-]{1,48}$/, { error: 'is not the key of a role' });
const Roles = z
  .array(RoleKey)
  .min(1)
  .max(10)
  .transform((keys) => [...new Set(keys)]);
const oneOf = <Given extends { role?: unknown; roles?: unknown }>({ role, roles }: Given): boolean =>
  role === undefined || roles === undefined;
const BOTH = { error: 'give role or roles, not both', path: ['roles'] };

/** Whom to invite. One role is the usual case; several may be given as `roles`. */
export const InviteUser = z
  .strictObject({
    email: z
      .string()
      .trim()
      .toLowerCase()
      .max(254)
      .pipe(z.email({ error: 'is not an e-mail address' })),
    name: Name,
    role: RoleKey.optional(),
    roles: Roles.optional(),
  })
  .refine(oneOf, BOTH)
  .meta({ id: 'InviteUser' });
export type InviteUser = z.infer<typeof InviteUser>;

/** What may be changed; what is not given stays. `active` gives back what `disabled` took. */
export const ChangeUser = z
  .strictObject({ name: Name, role: RoleKey, roles: Roles, status: z.enum(['active', 'disabled']) })
  .partial()
  .refine(oneOf, BOTH)
  .meta({ id: 'ChangeUser' });
export type ChangeUser = z.infer<typeof ChangeUser>;

export const ListUsers = z.strictObject({
  limit: Limit.default(50),
  cursor: z.string().optional(),
  status: z.enum(MEMBER_STATUSES).optional(),
});
export type ListUsers = z.infer<typeof ListUsers>;

export const UserId = z.uuid();

/** A member as others of the company see them; `role` is the highest of `roles`. */
export const UserView = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.string(),
    roles: z.array(z.string()),
    status: z.enum(MEMBER_STATUSES),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof UserView>;

/** Newest first; `nextCursor` is null on the last page. */
export const UserPage = z.strictObject({ data: z.array(UserView), nextCursor: z.string().nullable() }).meta({ id: 'UserPage' });
export type UserPage = z.infer<typeof UserPage>;
