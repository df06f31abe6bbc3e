import { z } from 'zod';
import type { ErasureCertificate } from '#catalog/lifecycle/tombstones.js';
import { isSignedBy, type SignedFacts } from '#workspace/audit/audit-signer.js';

const Finding = z.strictObject({ kind: z.string(), count: z.int().min(1) });

/** What a certificate says, in the order in which it is written. */
export const CertificateDocument = z.strictObject({
  format: z.literal('tenantry.erasure-certificate.v1'),
  tenantId: z.uuid(),
  /** SHA-256 of the name it had. */
  slugHash: z.string().regex(/^[0-9a-f]{64}$/),
  requestedBy: z.string(),
  reason: z.string(),
  cancelledAt: z.iso.datetime(),
  erasedAt: z.iso.datetime(),
  stores: z.array(
    z.strictObject({
      name: z.string(),
      /** When it was looked through for the last time, with nothing left. */
      searchedAt: z.iso.datetime(),
      /** What was there before, as far as the attempt that ended it saw it. */
      found: z.array(Finding),
      left: z.literal(0),
    }),
  ),
  /** What is kept of the tenant, and why. */
  kept: z.array(z.strictObject({ what: z.string(), why: z.string() })),
  /** Where the platform's own chain says that it was erased. */
  auditSeq: z.int().min(1),
  publicKey: z.string(),
});
export type CertificateDocument = z.infer<typeof CertificateDocument>;

/** A certificate as it is handed out and as `tenant verify-certificate` takes it. */
export const CertificateFile = z.strictObject({ certificate: CertificateDocument, signature: z.base64() });
export type CertificateFile = z.infer<typeof CertificateFile>;

/** The one text for a document: its fields in the order of the schema, without a space. */
export function canonicalText(document: CertificateDocument): string {
  return JSON.stringify(CertificateDocument.parse(document));
}

/** What is signed. */
export function certificateFacts(text: string): SignedFacts {
  return ['erasure', text];
}

/** For people who take it away. */
export function fileOf({ document, signature }: ErasureCertificate): CertificateFile {
  return { certificate: CertificateDocument.parse(JSON.parse(document)), signature };
}

/** What is wrong with a file, in words; none when one of those keys signed it and every store was empty. */
export function certificateProblems(file: unknown, knownKeys: readonly string[]): string[] {
  const parsed = CertificateFile.safeParse(file);
  if (!parsed.success) return ['it is not an erasure certificate'];
  const { certificate, signature } = parsed.data;
  if (!knownKeys.includes(certificate.publicKey)) return ['it is signed with a key that the platform never had'];
  const isSigned = isSignedBy(certificate.publicKey, certificateFacts(canonicalText(certificate)), Buffer.from(signature, 'base64'));
  return isSigned ? [] : ['the signature is not that of what it says'];
}
