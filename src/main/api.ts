import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Config } from '#main/config.js';
import { createHttpApp } from '#main/http/http-app.js';
import { openMetricsListener } from '#main/http/metrics-listener.js';
import { MetricsText } from '#main/http/metrics-text.js';
import { Readiness } from '#main/http/readiness.js';
import { openPlatform, type Platform } from '#main/platform.js';
import { runProcess, type Stop } from '#main/run-process.js';

const STOP_WITHIN_MS = 10_000;

interface Serving {
  app?: NestFastifyApplication;
  metrics?: Server;
  readonly platform: Platform;
}

async function serve(config: Config, log: Logger): Promise<Stop> {
  const serving: Serving = { platform: await openPlatform(config, log) };
  try {
    const app = await createHttpApp(serving.platform);
    serving.app = app;
    await app.listen(config.PORT, config.HOST);
    if (config.METRICS_PORT !== undefined)
      serving.metrics = await openMetricsListener(app.get(MetricsText), config.METRICS_PORT, config.HOST);
    log.info({ address: await app.getUrl() }, 'serving');
  } catch (error) {
    await close(serving);
    throw error;
  }
  // First it says that it is not ready, then it finishes what it has begun, then it lets go of databases.
  return async () => {
    serving.app?.get(Readiness).stop();
    await close(serving);
  };
}

async function close({ app, metrics, platform }: Serving): Promise<void> {
  metrics?.close();
  await app?.close();
  await platform.close();
}

await runProcess(serve, STOP_WITHIN_MS);
