import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { type Config, ConfigError, loadConfig } from '#main/config.js';
import { openLog } from '#main/log.js';
import { createHttpApp } from '#main/http/http-app.js';
import { openMetricsListener } from '#main/http/metrics-listener.js';
import { MetricsText } from '#main/http/metrics-text.js';
import { Readiness } from '#main/http/readiness.js';
import { openPlatform, type Platform } from '#main/platform.js';

const STOP_WITHIN_MS = 10_000;

interface Serving {
  app?: NestFastifyApplication;
  metrics?: Server;
  readonly platform: Platform;
}

async function serve(config: Config, log: Logger): Promise<void> {
  const serving: Serving = { platform: await openPlatform(config, log) };
  try {
    const app = await createHttpApp(serving.platform);
    serving.app = app;
    await app.listen(config.PORT, config.HOST);
    if (config.METRICS_PORT !== undefined)
      serving.metrics = await openMetricsListener(app.get(MetricsText), config.METRICS_PORT, config.HOST);
    log.info({ address: await app.getUrl() }, 'serving');
    stopWhenTold(serving, log);
  } catch (error) {
    await close(serving);
    throw error;
  }
}

/** First says that it is not ready, then finishes what it has begun, then lets go of databases. */
function stopWhenTold(serving: Serving, log: Logger): void {
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    serving.app?.get(Readiness).stop();
    void close(serving).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'did not stop in order');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}

async function close({ app, metrics, platform }: Serving): Promise<void> {
  metrics?.close();
  await app?.close();
  await platform.close();
}

try {
  const config = loadConfig(process.env);
  await serve(config, openLog(config.LOG_LEVEL));
} catch (error) {
  process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
