import { connect } from 'node:net';
import type pg from 'pg';

const CANCEL_REQUEST_CODE = 80877102;
const GIVE_UP_AFTER_MS = 500;

/** The secret a server gave a connection with which its statement can be cancelled; node-postgres' types leave it out. */
interface Cancellable {
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly host: string;
  readonly port: number;
}

/**
 * Asks the server to stop the statement this connection is running (PostgreSQL protocol, "Canceling Requests in Progress").
 * Best effort and bounded: settles within half a second whether or not the server could be reached. Sent in the clear where the
 * connection itself is encrypted is never done: then the request is left to the server's own statement_timeout.
 */
export function requestCancel(client: pg.Client): Promise<void> {
  const { processID, secretKey, host, port } = client as unknown as Cancellable;
  if (processID === null || secretKey === null || (client as unknown as { ssl: unknown }).ssl) return Promise.resolve();
  const message = Buffer.alloc(16);
  [16, CANCEL_REQUEST_CODE, processID, secretKey].forEach((word, index) => message.writeInt32BE(word | 0, index * 4));
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (): void => {
      socket.destroy();
      resolve();
    };
    socket.setTimeout(GIVE_UP_AFTER_MS, done);
    socket.once('connect', () => socket.end(message));
    socket.once('close', done);
    socket.once('error', done);
  });
}
