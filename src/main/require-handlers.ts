import type { INestApplicationContext } from '@nestjs/common';
import type { Plugin } from '#kernel/plugin/plugin.js';

/** Holds the plugins' word that each of their handlers can be made. Raises TypeError with the first that nobody provides. */
export function requireHandlers(app: Pick<INestApplicationContext, 'get'>, plugins: readonly Plugin[]): void {
  for (const { name, handlers } of plugins)
    for (const kind of handlers) {
      try {
        app.get(kind, { strict: false });
      } catch (cause) {
        throw new TypeError(`the plugin ${name} lists the handler ${kind.name}, and no module provides it`, { cause });
      }
    }
}
