import { resolveTxt } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import { isSlug, slugFrom } from '#kernel/resolution/slug.js';
import { addAuditorCommand } from '#main/cli/auditor-command.js';
import { addLifecycleCommands } from '#main/cli/lifecycle-commands.js';
import type { Session } from '#main/cli/session.js';
import { reportTenant, tenantEntry, tenantLines } from '#main/cli/tenant-report.js';
import { recordSql, runTenantSql } from '#main/cli/tenant-sql.js';
import { UsageError } from '#main/cli/usage-error.js';

interface CreateFlags {
  readonly name: string;
  readonly adminEmail: string;
  readonly plan: string;
  readonly region: string;
  readonly slug?: string;
  readonly cluster?: string;
}

/** `tenant …`: each command parses, asks one service, and prints. Gives the group, for the commands of other files. */
export function addTenantCommands(program: Command, session: Session): Command {
  const tenant = program.command('tenant').description('make, show and change tenants');

  tenant
    .command('create')
    .description('make a tenant and print its first API key, this once')
    .requiredOption('--name <name>')
    .requiredOption('--admin-email <email>')
    .requiredOption('--plan <plan>')
    .requiredOption('--region <region>')
    .option('--slug <slug>')
    .option('--cluster <name>', 'where it goes; else the region decides')
    .option('--wait', 'wait until it is active; it always does')
    .action((flags: CreateFlags) =>
      session.provisioned(async ({ provisioning, output }) => {
        const slug = flags.slug ?? slugFrom(flags.name);
        if (!isSlug(slug)) throw new UsageError(`${JSON.stringify(slug)} cannot be a tenant's name in addresses`);
        if (!/^[^\s@]+@[^\s@]+$/.test(flags.adminEmail))
          throw new UsageError(`${JSON.stringify(flags.adminEmail)} is not an e-mail address`);
        const created = await provisioning.provisioner.create({ ...flags, slug });
        const { key } = await provisioning.apiKeys.issue(created.id, 'first key');
        const report = { ...(await reportTenant(created, provisioning)), apiKey: key };
        output.document(report, () => tenantLines(report));
      }),
    );

  tenant.command('list').action(() =>
    session.provisioned(async ({ provisioning, output }) => {
      const tenants = (await provisioning.tenants.list()).map(tenantEntry);
      output.document(tenants, () =>
        tenants.map(({ slug, plan, status, region, placement }) => [slug.padEnd(40), plan, status, region, placement.schema].join('  ')),
      );
    }),
  );

  tenant.command('show <slug>').action((slug: string) =>
    session.provisioned(async ({ provisioning, output }) => {
      const report = await reportTenant(await provisioning.tenants.get(slug), provisioning);
      output.document(report, () => tenantLines(report));
    }),
  );

  tenant
    .command('resume <slug>')
    .description('go on with a creation that was interrupted; of an active tenant, only seal the fence again')
    .action((slug: string) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const found = await provisioning.tenants.get(slug);
        const act = { action: 'tenant.resume' as const, targets: [tenantTarget(found.id)] };
        const resumed = await platform.platformAudit.around(act, () => provisioning.provisioner.resume(found));
        const report = await reportTenant(resumed, provisioning);
        output.document(report, () => tenantLines(report));
      }),
    );

  tenant
    .command('undo <slug>')
    .description('take back a creation that was interrupted; the name is free after that')
    .action((slug: string) =>
      session.provisioned(async ({ provisioning, output }) => {
        await provisioning.provisioner.undo(await provisioning.tenants.get(slug));
        output.document({ slug, undone: true }, () => [`${slug}: nothing of it is left`]);
      }),
    );

  addLifecycleCommands(tenant, session);

  tenant
    .command('rotate-secret <slug>')
    .description("give a database of a tenant's own a new password; the old one opens no new session")
    .action((slug: string) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const found = await provisioning.tenants.get(slug);
        if (!found.placement.secret) throw new UsageError(`${slug} has no database of its own`);
        const cluster = await provisioning.clusterBook.named(found.placement.cluster);
        await platform.platformAudit.around({ action: 'tenant.rotate-secret', targets: [tenantTarget(found.id)] }, () =>
          provisioning.databases.rotate(found, cluster),
        );
        output.document({ slug, rotated: true }, () => [`${slug}: the password was changed`]);
      }),
    );

  tenant
    .command('key <slug>')
    .description('issue an API key and print it, this once')
    .option('--name <name>', 'what it is for', 'api key')
    .option('--revoke <id>', 'revoke the key with this id instead')
    .action((slug: string, flags: { name: string; revoke?: string }) =>
      session.provisioned(async ({ provisioning, output }) => {
        const { id } = await provisioning.tenants.get(slug);
        if (flags.revoke) {
          const revoked = await provisioning.apiKeys.revoke(id, flags.revoke);
          output.document({ revoked }, () => [revoked ? 'revoked' : 'there is no such key in use']);
          return;
        }
        const issued = await provisioning.apiKeys.issue(id, flags.name);
        output.document({ id: issued.id, apiKey: issued.key }, () => [`${issued.key}   (id ${issued.id}, shown once)`]);
      }),
    );

  addAuditorCommand(tenant, session);

  tenant
    .command('domain <slug> <domain>')
    .description("claim a domain of the tenant's own; with --verify, look for its proof in DNS")
    .option('--verify')
    .action((slug: string, domain: string, flags: { verify?: boolean }) =>
      session.provisioned(async ({ provisioning, output }) => {
        const { id } = await provisioning.tenants.get(slug);
        const name = domain.toLowerCase();
        const claim = await provisioning.domains.claim(id, name);
        if (flags.verify) {
          await provisioning.domains.verify(id, name, async (record) => (await resolveTxt(record)).map((parts) => parts.join('')));
        }
        output.document({ domain: name, ...claim, verified: flags.verify === true }, () => [`${claim.record} TXT ${claim.value}`]);
      }),
    );

  tenant
    .command('sql <slug>')
    .description('run SQL exactly as a request of the tenant would')
    .option('--file <file>', 'where the SQL is; - is standard input', '-')
    .option('--readonly', 'in a read-only transaction')
    .option('--script', 'the input is a JSON array of statements, run in one transaction')
    .action((slug: string, flags: { file: string; readonly?: boolean; script?: boolean }) =>
      session.platform(async ({ platform, output }) => {
        const input = flags.file === '-' ? await text(process.stdin) : await readFile(flags.file, 'utf8');
        const statements = flags.script ? scriptOf(input) : [input];
        const run = { slug, statements, readonly: flags.readonly ?? false, script: flags.script ?? false };
        await recordSql(platform, run);
        for await (const given of runTenantSql(platform, run)) {
          output.line(given);
          if ('error' in given) process.exitCode = 1;
        }
      }),
    );
  return tenant;
}

function scriptOf(input: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(input);
  } catch {
    throw new UsageError('the script is not JSON');
  }
  if (!Array.isArray(parsed) || !parsed.every((statement) => typeof statement === 'string'))
    throw new UsageError('the script is not an array of statements');
  return parsed;
}
