import { Command, CommanderError } from 'commander';
import { addAuditCommand } from '#main/cli/audit-command.js';
import { addDoctorCommand } from '#main/cli/doctor-command.js';
import { addErasureCommands } from '#main/cli/erasure-commands.js';
import { addFleetCommands } from '#main/cli/fleet-commands.js';
import { addOperatorCommands } from '#main/cli/operator-commands.js';
import { addExplainCommand } from '#main/cli/explain-command.js';
import { Output } from '#main/cli/output.js';
import { Session } from '#main/cli/session.js';
import { addSettingsCommand } from '#main/cli/settings-command.js';
import { addTenantCommands } from '#main/cli/tenant-commands.js';
import { addTransferCommands } from '#main/cli/transfer-commands.js';
import { addUpCommand } from '#main/cli/up-command.js';

// Who reads no further, as `head` does, ends nothing that is under way.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const program = new Command('tenantry').description('the operators’ command line').exitOverride();
program.option('--json', 'print one JSON document and nothing else');
const output = (): Output => new Output(program.opts<{ json?: boolean }>().json === true || process.argv.includes('--json'));
const session = new Session(output);

addUpCommand(program, session);
const tenant = addTenantCommands(program, session);
addErasureCommands(tenant, session);
addTransferCommands(tenant, session);
addOperatorCommands(program, session);
addFleetCommands(program, session);
addDoctorCommand(program, session);
addSettingsCommand(program);
addAuditCommand(program, session);
addExplainCommand(program, session);
program.hook('preAction', (_program, command) => session.because(command.opts<{ reason?: string }>().reason));
for (const command of [...program.commands, ...program.commands.flatMap((group) => group.commands)]) {
  command.exitOverride().option('--json', 'print one JSON document and nothing else');
  // A group that knew the option would take it from its commands.
  const isGroup = command.commands.length > 0;
  if (!isGroup && command.options.every(({ long }) => long !== '--reason')) command.option('--reason <reason>', 'why; it is put on record');
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  const message = error.code === 'commander.help' ? 'no command was given' : error.message.replace(/^error: /, '');
  if (process.exitCode === 2 && output().json) output().line({ error: { code: 'usage', message } });
}
