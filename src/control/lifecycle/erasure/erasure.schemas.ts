import { z } from 'zod';
import { CertificateFile } from '#control/lifecycle/erasure/erasure-certificate.js';
import { Reason } from '#control/operators/reason.js';
import { Text } from '#workspace/schemas.js';

export const ErasedTenantId = z.uuid();

/** Why; and to erase before the retention is over, `now` with the tenant's name. */
export const EraseTenant = z.strictObject({ reason: Reason, now: z.boolean().default(false), confirm: Text.max(100).optional() });
export type EraseTenant = z.infer<typeof EraseTenant>;

export const ErasureAsked = z.strictObject({ workId: z.uuid(), statusUrl: z.string() }).meta({ id: 'ErasureAsked' });
export type ErasureAsked = z.infer<typeof ErasureAsked>;

/** `none` when nobody asked; `erased` comes with the certificate, also long after. */
export const ErasureView = z
  .strictObject({
    state: z.enum(['none', 'queued', 'running', 'failed', 'erased']),
    steps: z.array(z.strictObject({ name: z.string(), state: z.string(), error: z.string().nullable() })),
    certificate: CertificateFile.nullable(),
  })
  .meta({ id: 'Erasure' });
export type ErasureView = z.infer<typeof ErasureView>;
