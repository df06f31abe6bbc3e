import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { MessageCounter } from '#tools/bench/wire/message-counter.js';
import type { WireAnswer, WireOrder } from '#tools/bench/wire/wire.js';

/** What makes a client wait: a Sync, a simple query, a Flush. */
const ASKS = ['S', 'Q', 'H'];

const asked: MessageCounter[] = [];
const answered: MessageCounter[] = [];
let delayMs = 0;

/** Passes everything on; the client's side is held back by the delay, in order. */
function relay(near: Socket, targetPort: number): void {
  const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
  const toServer = new MessageCounter(false);
  const toClient = new MessageCounter(true);
  asked.push(toServer);
  answered.push(toClient);
  near.setNoDelay(true);
  near.on('data', (piece: Buffer) => {
    toServer.take(piece);
    if (delayMs > 0) setTimeout(() => far.write(piece), delayMs);
    else far.write(piece);
  });
  far.on('data', (piece: Buffer) => {
    toClient.take(piece);
    near.write(piece);
  });
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

function sum(counters: readonly MessageCounter[], types: readonly string[]): number {
  return counters.flatMap(({ counts }) => types.map((type) => counts.get(type) ?? 0)).reduce((total, count) => total + count, 0);
}

function tell(answer: WireAnswer): void {
  process.send?.(answer);
}

process.on('message', (order: WireOrder) => {
  if (order.kind === 'delay') {
    delayMs = order.ms;
    tell({ kind: 'delayed' });
  } else if (order.kind === 'count') {
    tell({ kind: 'counted', asks: sum(asked, ASKS), answers: sum(answered, ['Z']) });
  } else {
    const servers = order.ports.map((port) => createServer((near) => relay(near, port)).listen(0, '127.0.0.1'));
    void Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve)))).then(() => {
      tell({ kind: 'listening', ports: servers.map((server) => (server.address() as AddressInfo).port) });
    });
  }
});
process.on('disconnect', () => process.exit(0));
