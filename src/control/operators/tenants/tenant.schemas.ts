import { z } from 'zod';
import { Limit, Text } from '#workspace/schemas.js';

const STATUSES = ['provisioning', 'active', 'suspended', 'cancelled'] as const;
const Name = Text.min(1).max(100);

/** Which tenants to list. */
export const ListTenants = z.strictObject({
  limit: Limit.default(50),
  cursor: z.string().optional(),
  status: z.enum(STATUSES).optional(),
  plan: Name.optional(),
  region: Name.optional(),
  q: Text.trim().min(1).max(100).optional().describe('A part of the slug, the name or the first address.'),
});
export type ListTenants = z.infer<typeof ListTenants>;

const card = {
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  plan: z.string(),
  status: z.enum(STATUSES),
  region: z.string(),
  createdAt: z.iso.datetime(),
};

export const TenantCardView = z.strictObject({ ...card, kind: z.string(), cluster: z.string() }).meta({ id: 'PlatformTenantCard' });
export type TenantCardView = z.infer<typeof TenantCardView>;

export const TenantPage = z
  .strictObject({ data: z.array(TenantCardView), nextCursor: z.string().nullable() })
  .meta({ id: 'PlatformTenantPage' });
export type TenantPage = z.infer<typeof TenantPage>;

export const TenantId = z.uuid();

/** All that the platform knows of a tenant, without the names of secrets; `usage` is what it was last counted as. */
export const TenantView = z
  .strictObject({
    ...card,
    updatedAt: z.iso.datetime(),
    access: z.enum(['full', 'read-only']),
    overrides: z.array(z.strictObject({ key: z.string(), value: z.union([z.boolean(), z.number()]), until: z.string().nullable() })),
    adminEmail: z.string(),
    placement: z.strictObject({
      kind: z.string(),
      region: z.string(),
      cluster: z.string(),
      database: z.string(),
      schema: z.string(),
      epoch: z.int(),
    }),
    apiKeys: z.int(),
    schemaVersion: z.string().nullable(),
    usage: z
      .strictObject({
        users: z.int(),
        activeUsers30d: z.int(),
        tickets: z.int(),
        storageBytes: z.int(),
        countedAt: z.iso.datetime(),
      })
      .nullable(),
  })
  .meta({ id: 'PlatformTenant' });
export type TenantView = z.infer<typeof TenantView>;
