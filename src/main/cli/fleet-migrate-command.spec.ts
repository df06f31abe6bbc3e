import { Command } from 'commander';
import { addMigrateCommand } from '#main/cli/fleet-migrate-command.js';
import type { Session } from '#main/cli/session.js';

describe('fleet migrate', () => {
  let isAsked: boolean;
  const parse = (...args: string[]): Command => {
    isAsked = false;
    const fleet = new Command();
    addMigrateCommand(fleet, { provisioned: async () => void (isAsked = true) } as unknown as Session);
    for (const command of fleet.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
    return fleet.parse(['migrate', ...args], { from: 'user' });
  };

  it.each([
    ['--dry-run'],
    ['--canary', '1'],
    ['--concurrency', '4'],
    ['--max-failures', '5'],
    ['--lock-timeout', '500'],
    ['--tier', 'row'],
    ['--region', 'eu-west'],
  ])('refuses to resume a run as another than it was begun as (%s)', (...option) => {
    expect(() => parse('--resume', ...option)).toThrow(`'--resume' cannot be used with option '${option[0]}`);
    expect(() => parse(...option, '--resume')).toThrow('cannot be used');
    expect(isAsked).toBe(false);
  });

  it('resumes it, or what is named of it', () => {
    parse('--resume');
    expect(isAsked).toBe(true);
    parse('--resume', '--tenant', 'acme', '--tenant', 'globex');
    expect(isAsked).toBe(true);
  });
});
