import type { Command } from 'commander';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import type { WorkReport } from '#catalog/work/work-report.js';
import { NotOnboardedError } from '#control/onboarding/onboarding.errors.js';
import { IMPORT, ONBOARDING } from '#control/onboarding/onboarding-plan.js';
import { isSlug } from '#kernel/resolution/slug.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Output } from '#main/cli/output.js';
import type { Session } from '#main/cli/session.js';
import { reportTenant, tenantLines } from '#main/cli/tenant-report.js';
import { UsageError } from '#main/cli/usage-error.js';
import { openOnboardingDoors } from '#main/onboarding.js';
import { openWorkDriver } from '#main/platform-engine.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';
import { openPlatformWork } from '#main/work-kinds.js';

interface CreateFlags {
  readonly name: string;
  readonly adminEmail: string;
  readonly adminName?: string;
  readonly plan: string;
  readonly region: string;
  readonly slug?: string;
  readonly cluster?: string;
  readonly wait?: boolean;
}

/** `tenant create`, `resume` and `undo`: the making of a tenant, asked for, gone on with and taken back. */
export function addOnboardingCommands(tenant: Command, session: Session): void {
  tenant
    .command('create')
    .description('have a tenant made; with --wait, wait until it is and print its first API key, this once')
    .requiredOption('--name <name>')
    .requiredOption('--admin-email <email>')
    .option('--admin-name <name>')
    .requiredOption('--plan <plan>')
    .requiredOption('--region <region>')
    .option('--slug <slug>')
    .option('--cluster <name>', 'where it goes; else the region decides')
    .option('--wait', 'make it in this process, beside the workers')
    .action(({ name, wait, ...flags }: CreateFlags) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        requireSound(flags);
        const { id, input } = await openOnboardingDoors(platform).desk.ask({ ...flags, companyName: name });
        if (!wait) {
          output.document({ onboardingId: id, slug: input.slug }, () => [`${input.slug}: asked for (onboarding ${id})`]);
          return;
        }
        const made = await driven(platform, provisioning, id);
        const { key } = await provisioning.apiKeys.issue(made.id, 'first key');
        await show(made, provisioning, output, key);
      }),
    );

  tenant
    .command('resume <slug>')
    .description('go on with a creation that was interrupted or needs somebody; of an active tenant, only seal the fence again')
    .action((slug: string) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const found = await provisioning.tenants.get(slug);
        const last = await lastOnboarding(platform, found);
        if (last && last.state !== 'done') {
          if (last.state === 'needs_human' || last.state === 'failed') await openOnboardingDoors(platform).onboardings.retry(last.id);
          await show(await driven(platform, provisioning, last.id), provisioning, output);
          return;
        }
        const act = { action: 'tenant.resume' as const, targets: [tenantTarget(found.id)] };
        await show(await platform.platformAudit.around(act, () => provisioning.provisioner.fenced(found)), provisioning, output);
      }),
    );

  tenant
    .command('undo <slug>')
    .description('take back a creation that has not come to its end; the name is free after that')
    .action((slug: string) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const last = await lastOnboarding(platform, await provisioning.tenants.get(slug));
        if (!last) throw new UsageError(`${slug} is not being made`);
        const { onboardings } = openOnboardingDoors(platform);
        await (last.state === 'needs_human' && last.direction === 'backward' ? onboardings.retry(last.id) : onboardings.cancel(last.id));
        const report = await openWorkDriver(platform, openPlatformWork(platform, provisioning).kinds).drive(last.id);
        if (report.state !== 'compensated') throw notOnboarded(report);
        output.document({ slug, undone: true }, () => [`${slug}: nothing of it is left`]);
      }),
    );
}

function requireSound({ slug, adminEmail }: Pick<CreateFlags, 'slug' | 'adminEmail'>): void {
  if (slug !== undefined && !isSlug(slug)) throw new UsageError(`${JSON.stringify(slug)} cannot be a tenant's name in addresses`);
  if (!/^[^\s@]+@[^\s@]+$/.test(adminEmail)) throw new UsageError(`${JSON.stringify(adminEmail)} is not an e-mail address`);
}

async function driven(platform: Platform, provisioning: Provisioning, onboardingId: string): Promise<Tenant> {
  const report = await openWorkDriver(platform, openPlatformWork(platform, provisioning).kinds).drive(onboardingId);
  if (report.state !== 'done' || report.tenantId === null) throw notOnboarded(report);
  return provisioning.tenants.get(report.tenantId);
}

async function lastOnboarding({ works }: Platform, { id }: Tenant): Promise<WorkReport | undefined> {
  return (await works.ofTenant(id, ONBOARDING.name))[0] ?? (await works.ofTenant(id, IMPORT.name))[0];
}

function notOnboarded({ id, state, error, steps }: WorkReport): NotOnboardedError {
  return new NotOnboardedError(id, state, error ?? steps.find((step) => step.error !== null)?.error ?? '');
}

async function show(tenant: Tenant, provisioning: Provisioning, output: Output, apiKey?: string): Promise<void> {
  const report = { ...(await reportTenant(tenant, provisioning)), ...(apiKey !== undefined && { apiKey }) };
  output.document(report, () => tenantLines(report));
}
