import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';
import type { AuditChain, ChainPlace } from '#workspace/audit/audit-chain.js';
import type { AuditSignatures } from '#workspace/audit/audit-keys.js';
import type { SignedFacts } from '#workspace/audit/audit-signer.js';

/** What the record of a cut says: the last place that was taken away, how many went, and the platform's word for it (base64url). */
export const RetentionCutDetails = z.strictObject({
  lastSeq: z.int().min(1),
  lastLink: z.string().regex(/^[0-9a-f]{64}$/),
  count: z.int().min(1),
  before: z.iso.datetime({ precision: 3 }),
  proof: z.base64url(),
});
export type RetentionCutDetails = z.infer<typeof RetentionCutDetails>;

export const RETENTION_CUT = auditAction('audit.retention-cut', RetentionCutDetails);

/** A cut as its signature says it. */
export function cutFacts(chain: string, { lastSeq, lastLink, count, before }: Omit<RetentionCutDetails, 'proof'>): SignedFacts {
  return ['retention-cut', chain, lastSeq, lastLink, count, before];
}

/** Whether the platform signed that everything up to `end` was taken away; `none` when nobody claims it. */
export async function beginningOf(chain: AuditChain, signatures: AuditSignatures, end: ChainPlace): Promise<'signed' | 'forged' | 'none'> {
  const event = await chain.newest(RETENTION_CUT.name);
  if (!event) return 'none';
  const { data } = RetentionCutDetails.safeParse(JSON.parse(event.details));
  const isSigned = data !== undefined && signatures.isSigned(cutFacts(chain.chain, data), Buffer.from(data.proof, 'base64url'));
  return isSigned && data.lastSeq === end.seq && data.lastLink === end.hash ? 'signed' : 'forged';
}
