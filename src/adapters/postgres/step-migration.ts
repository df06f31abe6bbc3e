import { Migration } from '@mikro-orm/migrations';

/** Expand: what is there already goes on to work. Contract: takes away what nobody uses any more. */
export type MigrationPhase = 'expand' | 'contract';

/**
 * A migration of a line, and what it says of itself. `isTransactional()` is MikroORM's: one that answers false is sent statement by statement
 * outside a transaction, and each statement must bear to be sent again (CREATE INDEX CONCURRENTLY IF NOT EXISTS).
 */
export abstract class StepMigration extends Migration {
  readonly phase: MigrationPhase = 'expand';
  /** Whether older versions of the application cannot serve a home that has had it. */
  readonly isBreaking: boolean = false;
  /** Whether a statement may take longer than a request waits: such a step shares no transaction with other homes and has no statement timeout. Any other is given up after a minute. */
  readonly isLong: boolean = false;
  /**
   * Whether it writes rows: its statements are sent once for each tenant, who alone is seen, with no statement timeout. They must bear to be sent
   * again (`… where the_new is null`), for whoever takes up what a death left begins with the first tenant. A home that is made has nobody to send it for.
   */
  readonly isPerTenant: boolean = false;
}
