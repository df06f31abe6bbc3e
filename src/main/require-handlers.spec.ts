import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { JobDeclaration, JobHandler } from '#kernel/jobs/job-handler.js';
import type { Plugin } from '#kernel/plugin/plugin.js';
import { requireHandlers } from '#main/require-handlers.js';

@Injectable()
class Listed implements JobHandler {
  static readonly job: JobDeclaration = { name: 'specs.listed', order: 'none', permission: 'platform' };
  handle = (): Promise<void> => Promise.resolve();
}

@Module({ providers: [Listed] })
class Whole {}

@Module({})
class Empty {}

const pluginOf = (module: Plugin['module']): Plugin => ({ name: 'specs', entities: [], module, permissions: [], handlers: [Listed] });

describe('the handlers that plugins list', () => {
  it.each([
    ['are taken when a module provides them', Whole, null],
    ['are refused by name when none does', Empty, 'the plugin specs lists the handler Listed, and no module provides it'],
  ])('%s', async (_title, module, problem) => {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and wants a literal
    const app = await NestFactory.createApplicationContext(module, { logger: false });
    const check = () => requireHandlers(app, [pluginOf(module)]);
    if (problem === null) expect(check).not.toThrow();
    else expect(check).toThrow(problem);
    await app.close();
  });
});
