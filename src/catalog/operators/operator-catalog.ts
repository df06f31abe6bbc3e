import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { PlatformAct } from '#catalog/audit/platform-act.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { OperatorLinks } from '#catalog/operators/operator-links.js';
import { OperatorPeople } from '#catalog/operators/operator-people.js';
import { OperatorSessions } from '#catalog/operators/operator-sessions.js';
import { OperatorTokens } from '#catalog/operators/operator-tokens.js';
import { Deadline } from '#kernel/isolation/deadline.js';

/** A request waits for it, so it is given less time than other work on the catalog. */
const ANSWER_WITHIN_MS = 1_500;

/** What the catalog keeps of operators; everything done with one of these is seen and kept together. */
export interface OperatorBook {
  readonly people: OperatorPeople;
  readonly sessions: OperatorSessions;
  readonly tokens: OperatorTokens;
  readonly links: OperatorLinks;
  /** Puts an act on the platform's chain, with the transaction; record last. */
  readonly record: (act: PlatformAct) => Promise<void>;
}

/** The one door to the catalog's tables of operators. */
export class OperatorCatalog {
  constructor(
    private readonly catalog: MikroORM,
    private readonly audit = new PlatformAudit(catalog),
  ) {}

  /** All that `work` writes is kept or none of it. Raises what `work` raises. */
  transaction<T>(work: (book: OperatorBook) => Promise<T>): Promise<T> {
    return this.catalog.em.fork().transactional((em) => work(this.#book(em)));
  }

  /** For one statement. Raises StatementDeadlineError when it takes too long. */
  once<T>(work: (book: Omit<OperatorBook, 'record'>) => Promise<T>): Promise<T> {
    return new Deadline(ANSWER_WITHIN_MS).race(work(this.#book(this.catalog.em.fork())));
  }

  /** In a transaction of its own. */
  recordAlone(act: PlatformAct): Promise<void> {
    return this.audit.recordAlone(act);
  }

  #book(em: EntityManager): OperatorBook {
    return {
      people: new OperatorPeople(em),
      sessions: new OperatorSessions(em),
      tokens: new OperatorTokens(em),
      links: new OperatorLinks(em),
      record: (act) => this.audit.record(em, act),
    };
  }
}
