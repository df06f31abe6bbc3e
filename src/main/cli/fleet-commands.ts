import type { Command } from 'commander';
import { addMigrateCommand } from '#main/cli/fleet-migrate-command.js';
import { addStatusCommand } from '#main/cli/fleet-status-command.js';
import { addVerifyCommand } from '#main/cli/fleet-verify-command.js';
import type { Session } from '#main/cli/session.js';

/** `fleet`: brings tenants' tables to the newest migration, and says where everybody is. */
export function addFleetCommands(program: Command, session: Session): void {
  const fleet = program.command('fleet').description('the tables of all tenants');
  addMigrateCommand(fleet, session);
  addStatusCommand(fleet, session);
  addVerifyCommand(fleet, session);
}
