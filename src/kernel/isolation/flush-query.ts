import pg from 'pg';
import type { Connection } from 'pg';

/** A statement that was prepared when its connection was opened. */
export interface PreparedStep {
  readonly name: string;
  readonly values: readonly string[];
}

/** The protocol's verbs as node-postgres has them; its types leave them out. */
interface Wire {
  bind(config: { portal: string; statement: string; values: readonly string[] }): void;
  execute(config: { portal: string; rows: number }): void;
  close(config: { type: 'S'; name: string }): void;
  readonly parsedStatements: Record<string, string>;
}

/** The parts of node-postgres' Query that answer messages; its types leave them out. */
interface QueryInternals {
  prepare(connection: Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: { text: string }, connection: Connection): void;
}

const query = pg.Query.prototype as unknown as QueryInternals;

/**
 * One network flush: the prologue's steps and the statement, before a single Sync, so they are one implicit transaction and one round trip.
 * Always the extended protocol, so a second statement cannot be stacked; an error in the prologue keeps the statement from running.
 */
export class FlushQuery extends pg.Query {
  /** The statement's command tag ("SELECT 20"), for the caller to judge what it may have left on the connection. */
  tag = '';
  readonly #prologue: readonly PreparedStep[];
  readonly #close: string | undefined;
  #skipping: number;

  constructor(
    { prologue, close, ...config }: pg.QueryConfig & { prologue: readonly PreparedStep[]; close?: string | undefined },
    done: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super(config, done as never);
    this.#prologue = prologue;
    this.#close = close;
    this.#skipping = prologue.length;
  }

  requiresPreparation(): boolean {
    return true;
  }

  prepare(connection: Wire): void {
    if (this.#close) {
      connection.close({ type: 'S', name: this.#close });
      Reflect.deleteProperty(connection.parsedStatements, this.#close);
    }
    for (const { name, values } of this.#prologue) {
      connection.bind({ portal: '', statement: name, values });
      connection.execute({ portal: '', rows: 0 });
    }
    query.prepare.call(this, connection as unknown as Connection);
  }

  handleDataRow(message: unknown): void {
    // The prologue's portals are not described: their rows cannot be read and mean nothing.
    if (this.#skipping === 0) query.handleDataRow.call(this, message);
  }

  handleCommandComplete(message: { text: string }, connection: Connection): void {
    if (this.#skipping > 0) {
      this.#skipping -= 1;
      return;
    }
    this.tag = message.text;
    query.handleCommandComplete.call(this, message, connection);
  }
}
