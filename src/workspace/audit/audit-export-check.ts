import { createHash } from 'node:crypto';
import { isSignedBy } from '#workspace/audit/audit-signer.js';
import { AuditManifest } from '#workspace/audit/audit.schemas.js';
import { hashOfEvent } from '#workspace/audit/canonical-event.js';
import { readExportLine } from '#workspace/audit/export-line.js';
import { manifestFacts } from '#workspace/audit/export-manifest.js';

/** What was found in an exported file. */
export interface ExportReport {
  readonly valid: boolean;
  readonly events: number;
  readonly problems: readonly string[];
  /** Who signed it, of those it was held against; whoever got the file elsewhere compares it with what the platform says of itself. */
  readonly publicKey: string | null;
}

/**
 * Holds an exported file against its manifest and the manifest against the keys that are believed, any of them; without any, against the one
 * it names itself, which says that the file is whole and not who made it. Reads line by line, and needs no platform.
 */
export async function checkExport(lines: AsyncIterable<string>, believed?: string | readonly string[]): Promise<ExportReport> {
  const problems: string[] = [];
  const digest = createHash('sha256');
  let events = 0;
  let last: { seq: number; hash: string } | undefined;
  let manifest: AuditManifest['manifest'] | undefined;
  for await (const line of lines) {
    if (manifest) problems.push('something follows the manifest');
    if (line.startsWith('{"manifest":')) {
      manifest = AuditManifest.safeParse(jsonOf(line)).data?.manifest;
      if (!manifest) problems.push('the manifest is damaged');
      continue;
    }
    digest.update(`${line}\n`);
    events += 1;
    try {
      const event = readExportLine(line);
      if (hashOfEvent(event) !== event.hash) problems.push(`event ${String(event.seq)} was altered`);
      if (last && (event.seq !== last.seq + 1 || event.prevHash !== last.hash)) problems.push(`event ${String(event.seq)} does not follow`);
      last = { seq: event.seq, hash: event.hash };
    } catch {
      problems.push(`line ${String(events)} is no event`);
    }
  }
  if (!manifest) return { valid: false, events, problems: [...problems, 'there is no manifest: the file is not whole'], publicKey: null };
  const keys = [believed ?? manifest.publicKey].flat();
  const facts = manifestFacts(manifest);
  const key = keys.find((one) => isSignedBy(one, facts, Buffer.from(manifest.signature, 'base64')));
  if (key === undefined) problems.push('the manifest is not signed by this key');
  if (manifest.sha256 !== digest.digest('hex') || manifest.count !== events) problems.push('the lines are not those of the manifest');
  return { valid: problems.length === 0, events, problems, publicKey: key ?? null };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
