import type { Command } from 'commander';
import type { CheckReport } from '#control/doctor/doctor.js';
import type { Session } from '#main/cli/session.js';
import { UsageError } from '#main/cli/usage-error.js';
import { openDoctor } from '#main/open-doctor.js';

const SPARED_MINUTES = '60';

/** `doctor`: what is drifted, orphaned or stuck, one check a line; exit code 1 when anything is. */
export function addDoctorCommand(program: Command, session: Session): void {
  program
    .command('doctor')
    .description('look for what is drifted, orphaned or stuck; changes nothing without --fix')
    .option('--fix', 'put right what can be')
    .option('--spare <minutes>', 'leave alone what was first seen less than so many minutes ago', SPARED_MINUTES)
    .action(({ fix = false, spare }: { fix?: boolean; spare: string }) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        if (!/^\d{1,6}$/.test(spare)) throw new UsageError(`${spare} is not a number of minutes`);
        const doctor = await openDoctor(platform, provisioning, { sparedMs: Number(spare) * 60_000 });
        if (fix) await platform.platformAudit.recordAlone({ action: 'doctor.fix', targets: [], details: { sparedMinutes: Number(spare) } });
        const checks: CheckReport[] = [];
        for await (const report of doctor.examine(fix)) checks.push(report);
        const healthy = checks.every(({ status }) => status === 'ok');
        if (!healthy) process.exitCode = 1;
        output.document({ healthy, checks }, () => checks.flatMap(linesOf));
      }),
    );
}

function linesOf({ name, status, findings, error }: CheckReport): string[] {
  const head = `${status.padEnd(7)} ${name}${error === undefined ? '' : `: ${error}`}`;
  return [
    head,
    ...findings.map(({ subject, problem, outcome, isMendable, error: failure }) => {
      const said =
        outcome === 'found' ? (isMendable ? ' (--fix mends it)' : '') : ` (${outcome}${failure === undefined ? '' : `: ${failure}`})`;
      return `          ${subject} ${problem}${said}`;
    }),
  ];
}
