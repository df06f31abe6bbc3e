import { z } from 'zod';
import type { SignedFacts } from '#workspace/audit/audit-signer.js';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const Reasons = z.record(z.string(), z.string());

/** What an export says of itself; everything else in it is held against this. */
export const ExportManifest = z.strictObject({
  format: z.literal('tenantry.tenant-export.v1'),
  tenant: z.strictObject({ id: z.uuid(), slug: z.string(), name: z.string(), plan: z.string(), region: z.string() }),
  takenAt: z.iso.datetime(),
  /** The newest migration its home had. */
  schemaVersion: z.string().nullable(),
  /** Of everything the catalogue had, exported or not. */
  fingerprint: Sha256,
  tables: z.array(
    z.strictObject({
      name: Identifier,
      /** Lines; the file is `tables/<name>.ndjson`. */
      rows: z.int().min(0),
      sha256: Sha256,
      columns: z.array(Identifier).min(1),
      /** Columns that stay behind, and why. */
      withheld: Reasons,
    }),
  ),
  /** Tables that stay behind, and why. */
  leftOut: Reasons,
  objects: z.array(z.strictObject({ path: z.array(z.uuid()).min(1).max(6), size: z.int().min(0), sha256: Sha256 })),
  publicKey: z.string(),
});
export type ExportManifest = z.infer<typeof ExportManifest>;

/** The file `manifest.json`. */
export const SignedManifest = z.strictObject({ manifest: ExportManifest, signature: z.base64() });
export type SignedManifest = z.infer<typeof SignedManifest>;

/** What is signed of a manifest: its fields in the order of the schema. */
export function manifestFacts(manifest: ExportManifest): SignedFacts {
  return ['tenant-export', JSON.stringify(ExportManifest.parse(manifest))];
}
