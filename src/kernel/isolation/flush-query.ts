import pg from 'pg';
import type { Connection } from 'pg';

/** A statement that was prepared when its connection was opened. */
export interface PreparedStep {
  readonly name: string;
  readonly values: readonly string[];
}

/** What rides with a statement: in front of it, and behind it when it succeeds. */
export interface Steps {
  readonly prologue: readonly PreparedStep[];
  readonly epilogue: readonly PreparedStep[];
}

/** The protocol's verbs as node-postgres has them; its types leave them out. */
interface Wire {
  bind(config: { portal: string; statement: string; values: readonly string[] }): void;
  execute(config: { portal: string; rows: number }): void;
  close(config: { type: 'S'; name: string }): void;
  sync(): void;
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
 * One network flush: the prologue's steps, the statement and the epilogue's, before a single Sync, so they are one implicit transaction and
 * one round trip. Always the extended protocol, so a second statement cannot be stacked; an error keeps everything after it from running.
 */
export class FlushQuery extends pg.Query {
  /** The statement's command tag ("SELECT 20"), for the caller to judge what it may have left on the connection. */
  tag = '';
  readonly #prologue: readonly PreparedStep[];
  readonly #epilogue: readonly PreparedStep[];
  readonly #close: string | undefined;
  #skipping: number;
  #isAnswered = false;

  constructor(
    { prologue, epilogue, close, ...config }: pg.QueryConfig & Steps & { close?: string | undefined },
    done: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super(config, done as never);
    this.#prologue = prologue;
    this.#epilogue = epilogue;
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
    send(this.#prologue, connection);
    query.prepare.call(this, connection as unknown as Connection);
  }

  /** What `prepare` ends with: node-postgres would send Sync right after the statement. */
  _getRows(connection: Wire): void {
    connection.execute({ portal: '', rows: 0 });
    send(this.#epilogue, connection);
    connection.sync();
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
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.tag = message.text;
    query.handleCommandComplete.call(this, message, connection);
  }

  handleEmptyQuery(): void {
    this.#isAnswered = true;
  }
}

function send(steps: readonly PreparedStep[], connection: Wire): void {
  for (const { name, values } of steps) {
    connection.bind({ portal: '', statement: name, values });
    connection.execute({ portal: '', rows: 0 });
  }
}
