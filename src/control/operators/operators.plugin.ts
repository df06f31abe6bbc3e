import type { Plugin } from '#kernel/plugin/plugin.js';
import { OperatorsModule } from '#control/operators/operators.module.js';

/** What those who run the platform look at on their own host. */
export const operatorsPlugin: Plugin = {
  name: 'operators',
  entities: [],
  module: OperatorsModule,
  permissions: [],
  handlers: [],
};
