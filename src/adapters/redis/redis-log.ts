/** Where the Redis adapters say what went wrong; a pino logger fits. */
export interface RedisLog {
  warn(details: Record<string, unknown>, message: string): void;
  info(details: Record<string, unknown>, message: string): void;
}
