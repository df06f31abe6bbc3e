import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Plugin } from '#kernel/plugin/plugin.js';
import { loadConfig } from '#main/config.js';
import { createHttpApp } from '#main/http/http-app.js';
import { openLog } from '#main/log.js';
import { openPlatform } from '#main/platform.js';
import { plugins } from '#main/plugins.js';
import { plansWithRate } from '#testing/plans-with-rate.js';
import { BareModule } from '#tools/bench/http/bare.controller.js';
import { BenchController } from '#tools/bench/http/bench.controller.js';

@Module({ controllers: [BenchController] })
class BenchModule {}

/** The product as it is served, with a plugin more. */
async function product(): Promise<NestFastifyApplication> {
  (plugins as Plugin[]).push({ name: 'bench', entities: [], permissions: [], handlers: [], module: BenchModule });
  const config = loadConfig(process.env);
  const platform = await openPlatform(config, openLog(config.LOG_LEVEL));
  // Every request is counted, and none refused.
  return createHttpApp({ ...platform, plans: plansWithRate(platform.plans) });
}

async function bare(): Promise<NestFastifyApplication> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and wants a literal
  return NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), { logger: false });
}

process.on('disconnect', () => process.exit(0));
const app = await (process.argv[2] === 'bare' ? bare() : product());
await app.listen(0, '127.0.0.1');
process.send?.({ port: Number(new URL(await app.getUrl()).port) });
