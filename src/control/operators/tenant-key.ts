import { z } from 'zod';

/** A tenant by its id or its name in addresses. */
export const TenantKey = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'is neither an id nor a slug' });
