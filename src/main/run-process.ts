import type { Logger } from 'pino';
import { type Config, ConfigError, loadConfig } from '#main/config.js';
import { openLog } from '#main/log.js';

/** Ends in order what a process has begun. */
export type Stop = () => Promise<void>;

/**
 * A process from its settings to its end. What keeps it from starting is said on standard error and the exit code is 1. On SIGTERM or
 * SIGINT it is stopped once; after `stopWithinMs` it ends all the same, with 1.
 */
export async function runProcess(start: (config: Config, log: Logger) => Promise<Stop>, stopWithinMs: number): Promise<void> {
  try {
    const config = loadConfig(process.env);
    const log = openLog(config.LOG_LEVEL);
    stopWhenTold(await start(config, log), stopWithinMs, log);
  } catch (error) {
    process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}

function stopWhenTold(stop: Stop, withinMs: number, log: Logger): void {
  let isStopping = false;
  const heed = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), withinMs).unref();
    void stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'did not stop in order');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, heed);
}
