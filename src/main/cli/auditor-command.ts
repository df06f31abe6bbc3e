import type { Command } from 'commander';
import type { Session } from '#main/cli/session.js';
import { UsageError } from '#main/cli/usage-error.js';
import { isUuid } from '#kernel/model/uuid.js';

interface AuditorFlags {
  readonly email?: string;
  readonly until?: string;
  readonly revoke?: string;
  readonly reason: string;
}

/** `tenant auditor`: lets somebody look at one tenant by a database login of their own, ends it, or lists those who were let in. */
export function addAuditorCommand(tenant: Command, session: Session): void {
  tenant
    .command('auditor <slug>')
    .description('make a read-only, expiring database login for a tenant and print it, this once')
    .option('--email <email>', 'who is let in')
    .option('--until <time>', 'when it ends, as 2027-01-31T12:00:00Z')
    .option('--revoke <id>', 'end the login with this id and its sessions instead')
    .requiredOption('--reason <reason>', 'why; it is put on record')
    .action((slug: string, flags: AuditorFlags) =>
      session.platform(async ({ platform: { auditors }, output }) => {
        if (flags.revoke !== undefined) {
          if (!isUuid(flags.revoke)) throw new UsageError(`${JSON.stringify(flags.revoke)} is no id of an auditor`);
          await auditors.revoke(slug, flags.revoke);
          output.document({ id: flags.revoke, revoked: true }, () => ['revoked']);
          return;
        }
        const { id, url, role, expiresAt } = await auditors.grant(slug, { ...wishOf(flags), reason: flags.reason });
        output.document({ id, url, role, expiresAt }, () => [`${url}   (id ${id}, shown once, until ${expiresAt.toISOString()})`]);
      }),
    );
}

function wishOf({ email = '', until = '' }: AuditorFlags): { email: string; expiresAt: Date } {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new UsageError(`${JSON.stringify(email)} is not an e-mail address; say --email`);
  const expiresAt = new Date(until);
  if (!/^\d{4}-\d\d-\d\d/.test(until) || Number.isNaN(expiresAt.getTime()))
    throw new UsageError(`${JSON.stringify(until)} is not a time; say --until`);
  return { email, expiresAt };
}
