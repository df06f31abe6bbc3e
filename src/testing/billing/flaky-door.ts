import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before an address and answers a share of what comes with 503, so that it has to be sent again. */
export class FlakyDoor {
  refused = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(url: string, share: number): Promise<FlakyDoor> {
    const server = createServer((asked, answer) => {
      if (Math.random() < share) {
        door.refused += 1;
        asked.resume();
        answer.writeHead(503).end();
        return;
      }
      const on = request(`${url}${asked.url ?? ''}`, { method: asked.method, headers: asked.headers }, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      });
      on.on('error', () => answer.destroy());
      asked.pipe(on);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const door = new FlakyDoor(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    return door;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
