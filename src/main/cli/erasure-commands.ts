import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ErasureUnfinishedError } from '#catalog/lifecycle/erasure.errors.js';
import { type ErasureCertificate, Tombstones } from '#catalog/lifecycle/tombstones.js';
import type { WorkReport } from '#catalog/work/work-report.js';
import { eraseTenant } from '#control/lifecycle/erasure/erase-tenant.work.js';
import { certificateProblems, fileOf } from '#control/lifecycle/erasure/erasure-certificate.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { Session } from '#main/cli/session.js';
import { UsageError } from '#main/cli/usage-error.js';
import { openErasureDesk } from '#main/open-erasures.js';
import { openEraser } from '#main/open-eraser.js';
import { openWorkDriver } from '#main/platform-engine.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';
import { AuditSignatures } from '#workspace/audit/audit-keys.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

interface EraseFlags {
  readonly reason: string;
  readonly now?: boolean;
  readonly confirm?: string;
}

/** `tenant erase` and what proves it. */
export function addErasureCommands(tenant: Command, session: Session): void {
  tenant
    .command('erase <slug>')
    .description('take away everything there is of a cancelled tenant and print the certificate; repeat it when it was interrupted')
    .requiredOption('--reason <reason>')
    .option('--now', 'before its retention is over')
    .option('--confirm <slug>', 'with --now: the name once more')
    .action((slug: string, flags: EraseFlags) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const file = fileOf(await erase(platform, provisioning, slug, flags));
        output.document(file, () => [JSON.stringify(file, null, 2)]);
      }),
    );

  tenant
    .command('erasure <slug-or-id>')
    .description('print the certificate of an erased tenant')
    .action((slug: string) =>
      session.platform(async ({ platform, output }) => {
        const file = fileOf(await new Tombstones(platform.catalog).certificateOf(slug));
        output.document(file, () => [JSON.stringify(file, null, 2)]);
      }),
    );

  tenant
    .command('verify-certificate <file>')
    .description('hold a certificate of erasure against the keys the platform is known by; exit code 1 when it is not genuine')
    .option('--public-key <key>', 'the key the platform is known by (SPKI as base64); without it, those it ever had')
    .action((file: string, { publicKey }: { publicKey?: string }) =>
      session.platform(async ({ platform, output }) => {
        const known = publicKey
          ? [publicKey]
          : (await AuditSignatures.of(new AuditSigner(platform.signing), platform.auditKeys)).publicKeys;
        const problems = certificateProblems(jsonOf(await readFile(file, 'utf8')), known);
        if (problems.length > 0) process.exitCode = 1;
        output.document({ valid: problems.length === 0, problems }, () => (problems.length > 0 ? problems : ['genuine']));
      }),
    );
}

/** One that is erased already has its certificate, also by the name it had. The work is seen to its end here, beside any worker. */
async function erase(platform: Platform, { clusterBook }: Provisioning, slug: string, flags: EraseFlags): Promise<ErasureCertificate> {
  const { catalog, members } = platform;
  const tombstones = new Tombstones(catalog);
  const wish = { requestedBy: WorkOrigin.current().operator?.name ?? 'the platform', reason: flags.reason };
  try {
    const id = await openErasureDesk(platform).ask(slug, { ...wish, now: flags.now ?? false, confirm: flags.confirm });
    const kinds = [eraseTenant(openEraser(platform, { clusterBook, clock: members.clock }))];
    const report = await openWorkDriver(platform, kinds).drive(id);
    const certificate = report.tenantId && (await tombstones.find(report.tenantId));
    if (!certificate) throw new ErasureUnfinishedError(slug, reasonOf(report));
    return certificate;
  } catch (error) {
    const kept = error instanceof TenantUnknownError ? await tombstones.find(slug) : null;
    if (kept) return kept;
    throw error;
  }
}

/** A work that was taken back says why at the step that was not done. */
function reasonOf({ error, steps, state }: WorkReport): string {
  return error ?? steps.findLast((step) => step.error !== null)?.error ?? state;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('the file is not JSON');
  }
}
