import { randomUUIDv7 } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Logger } from 'pino';
import { AppError } from '#kernel/errors/app-error.js';
import { traceParentOf } from '#kernel/work/trace-parent.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { Output } from '#main/cli/output.js';
import { UsageError } from '#main/cli/usage-error.js';
import { loadConfig } from '#main/config.js';
import { openLog } from '#main/log.js';
import { openPlatform, type Platform } from '#main/platform.js';
import { openProvisioning, type Provisioning } from '#main/provisioning.js';

interface Opened {
  readonly platform: Platform;
  readonly output: Output;
  readonly log: Logger;
}

/** Opens what a command needs, closes it, and turns what it raises into an exit code: 1 for a failure, 2 for wrong usage. */
export class Session {
  #reason: string | undefined;

  constructor(private readonly output: () => Output) {}

  /** Why the command is run; what it does is put on record with it. */
  because(reason: string | undefined): void {
    this.#reason = reason;
  }

  async platform(work: (opened: Opened) => Promise<void>): Promise<void> {
    const output = this.output();
    try {
      const config = loadConfig(process.env);
      const log = openLog(config.LOG_LEVEL, process.stderr);
      const platform = await openPlatform(config, log);
      try {
        await WorkOrigin.run(this.#origin(), () => work({ platform, output, log }));
      } finally {
        await platform.close();
      }
    } catch (error) {
      process.exitCode = error instanceof UsageError ? 2 : 1;
      report(error, output);
    }
  }

  #origin(): WorkOrigin {
    // Whoever reaches this has the platform's own secrets.
    const operator = { name: userInfo().username, roles: ['owner'] as const, reason: this.#reason };
    return { surface: 'cli', principal: null, requestId: randomUUIDv7(), traceParent: traceParentOf(undefined), operator };
  }

  provisioned(work: (opened: Opened & { provisioning: Provisioning }) => Promise<void>): Promise<void> {
    return this.platform(async (opened) => work({ ...opened, provisioning: await openProvisioning(opened.platform) }));
  }
}

function report(error: unknown, output: Output): void {
  const code = error instanceof AppError ? error.code : error instanceof UsageError ? 'usage' : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  if (output.json) output.line({ error: { code, message } });
  output.note(`${code}: ${message}`);
}
