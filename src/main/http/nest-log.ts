import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own remarks on our log: what goes wrong is kept, how it starts is not. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(): void {
    // One line per route and module at every start says nothing.
  }

  warn(message: unknown): void {
    this.logger.warn({ remark: String(message) }, 'nest');
  }

  error(message: unknown): void {
    this.logger.error({ remark: String(message) }, 'nest');
  }
}
