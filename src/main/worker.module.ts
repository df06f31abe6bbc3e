import { type DynamicModule, Module } from '@nestjs/common';
import type { Platform } from '#main/platform.js';
import { ServicesModule } from '#main/services.module.js';

/** The worker's root: the same plugins as the api's, without anything that answers requests. */
@Module({})
export class WorkerModule {
  static on(platform: Platform): DynamicModule {
    return { module: WorkerModule, imports: [ServicesModule.on(platform), ...platform.plugins.map(({ module }) => module)] };
  }
}
