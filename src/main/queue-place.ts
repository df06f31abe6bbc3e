import type { BullMqPlace } from '#adapters/bullmq/bullmq-connection.js';
import type { Config } from '#main/config.js';

/** Where the queues of the processes lie that share `jobsPrefix`. */
export function queuePlace({ REDIS_URL: url }: Pick<Config, 'REDIS_URL'>, jobsPrefix: string): BullMqPlace {
  return { url, prefix: `${jobsPrefix}bull` };
}
