import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import type { NamedVerdict } from '#control/audit/audit-verification.js';
import { openAuditVerification } from '#main/open-audit-verification.js';
import { checkExport } from '#workspace/audit/audit-export-check.js';
import type { Session } from '#main/cli/session.js';
import { AuditSignatures } from '#workspace/audit/audit-keys.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { UsageError } from '#main/cli/usage-error.js';

/** `audit …`: whether anybody went back into the records. */
export function addAuditCommand(program: Command, session: Session): void {
  const audit = program.command('audit').description('look through what is on record');

  audit
    .command('verify')
    .description('look through the chains of all active tenants and of the platform; exit code 1 when anything is wrong')
    .option('--tenant <slug>', 'of this tenant only')
    .action(({ tenant }: { tenant?: string }) =>
      session.platform(async ({ platform, output }) => {
        const verdicts: NamedVerdict[] = [];
        for await (const verdict of openAuditVerification(platform).verify(tenant)) verdicts.push(verdict);
        const wrong = verdicts.filter(({ valid }) => !valid).length;
        await platform.platformAudit.recordAlone({ action: 'audit.verify', targets: [], details: { chains: verdicts.length, wrong } });
        if (wrong > 0) process.exitCode = 1;
        output.document({ valid: wrong === 0, chains: verdicts }, () => verdicts.map(lineOf));
      }),
    );

  audit
    .command('cut <slug>')
    .description('take away what is older than the tenant’s retention; that it was taken is on record, signed')
    .requiredOption('--before <time>', 'the beginning of what stays, like 2026-01-31T00:00:00Z')
    .requiredOption('--reason <reason>')
    .action((slug: string, flags: { before: string }) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const before = new Date(flags.before);
        if (Number.isNaN(before.getTime())) throw new UsageError(`${flags.before} is not a time`);
        const tenant = await provisioning.tenants.get(slug);
        const act = { action: 'audit.cut' as const, targets: [tenantTarget(tenant.id)], details: { before: before.toISOString() } };
        const cut = await platform.platformAudit.around(act, () => provisioning.auditRetention.cut(tenant, before));
        output.document({ slug, cut }, () => [
          cut ? `${slug}: ${String(cut.count)} events are gone` : `${slug}: there was nothing to take away`,
        ]);
      }),
    );

  audit
    .command('verify-export <file>')
    .description('hold an exported file against its manifest')
    .option(
      '--public-key <key>',
      'the key the platform is known by (SPKI as base64), also without the catalog; without it, those it ever had',
    )
    .action((file: string, { publicKey }: { publicKey?: string }) =>
      session.platform(async ({ platform, output }) => {
        // Whoever changed a file could as well have signed it, with a key of their own.
        const known = publicKey === undefined ? await AuditSignatures.of(new AuditSigner(platform.signing), platform.auditKeys) : null;
        // Opened last: lines that come before they are asked for are lost.
        const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
        const report = await checkExport(lines, publicKey ?? known?.publicKeys ?? []);
        if (!report.valid) process.exitCode = 1;
        output.document(report, () => [report.valid ? `${String(report.events)} events, whole and unchanged` : report.problems.join('\n')]);
      }),
    );
}

function lineOf(verdict: NamedVerdict): string {
  const name = verdict.name.padEnd(40);
  if ('unread' in verdict) return `${name}  could not be read: ${verdict.unread}`;
  const { checked, anchoredUpTo, problems } = verdict;
  if (verdict.valid) return `${name}  ${String(checked)} events, signed for up to ${String(anchoredUpTo)}`;
  return `${name}  ${problems.map(({ seq, kind, until }) => `${kind} at ${String(seq)}${until === undefined ? '' : ` to ${String(until)}`}`).join(', ')}`;
}
