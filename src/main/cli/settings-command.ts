import type { Command } from 'commander';
import { settingsTable } from '#main/settings-table.js';

/** `settings`: prints the README's table of settings. */
export function addSettingsCommand(program: Command): void {
  program
    .command('settings')
    .description('print every setting with its default')
    .action(() => void process.stdout.write(`${settingsTable()}\n`));
}
