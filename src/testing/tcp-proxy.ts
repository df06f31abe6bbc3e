import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { DeafListener } from '#testing/faults/deaf-listener.js';
import { ProxiedPipe, type PipeMode } from '#testing/faults/proxied-pipe.js';

const PASS: PipeMode = { kind: 'pass' };

interface Link {
  readonly near: Socket;
  readonly far: Socket;
  readonly pipes: readonly ProxiedPipe[];
}

/** A way to a server that a spec can disturb, with every kind of trouble a network has; the port stays the same. */
export class TcpProxy {
  readonly #links = new Set<Link>();
  #mode = PASS;
  #server: Server | undefined;
  #deaf: DeafListener | undefined;
  #port = 0;

  private constructor(private readonly target: { readonly host: string; readonly port: number }) {}

  /** In front of the server of this address. */
  static async to(url: string): Promise<TcpProxy> {
    const { hostname, port, protocol } = new URL(url);
    const usual: Record<string, number> = { 'postgres:': 5432, 'redis:': 6379, 'https:': 443 };
    const proxy = new TcpProxy({ host: hostname, port: Number(port) || (usual[protocol] ?? 80) });
    await proxy.#listen();
    return proxy;
  }

  /** The same address, by way of this proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.#port);
    return url.endsWith('/') ? changed.href : changed.href.replace(/\/$/, '');
  }

  /** Connections that callers have open here. */
  get openSockets(): number {
    return this.#links.size;
  }

  /** By which the server knows this proxy's connections from everybody else's. */
  get upstreamPorts(): number[] {
    return [...this.#links].flatMap(({ far }) => far.localPort ?? []);
  }

  /** Everything passes again, also on connections that were held. */
  async pass(): Promise<void> {
    await this.#deaf?.close();
    this.#deaf = undefined;
    await this.#listen();
    this.#become(PASS);
  }

  /** Connections end, and new ones are refused. */
  async refuse(): Promise<void> {
    await this.#stopListening();
    this.cut();
  }

  /** Connections stay open, new ones are accepted, and nothing passes. */
  silence(): void {
    this.#become({ kind: 'hold' });
  }

  /** Nothing passes, and whoever connects gets no answer at all: the machine is gone. */
  async vanish(): Promise<void> {
    this.#become({ kind: 'hold' });
    await this.#stopListening();
    this.#deaf = await DeafListener.on(this.#port);
  }

  /** Whatever the server says arrives so much later. */
  delay(milliseconds: number): void {
    this.#become({ kind: 'delay', milliseconds });
  }

  /** Each connection is reset once the server has said so many bytes more on it. */
  resetAfter(bytes: number): void {
    this.#become({ kind: 'reset', bytes });
  }

  /** The server's half of each connection ends; what callers send still arrives. */
  halfClose(): void {
    for (const { near } of this.#links) near.end();
  }

  /** Connections end now; new ones are as good as before. */
  cut(): void {
    for (const { near, far } of this.#links) {
      near.destroy();
      far.destroy();
    }
  }

  async close(): Promise<void> {
    await this.#deaf?.close();
    await this.refuse();
  }

  #become(mode: PipeMode): void {
    this.#mode = mode;
    for (const { pipes } of this.#links) for (const pipe of pipes) pipe.become(mode);
  }

  async #listen(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: true }, (near) => this.#join(near));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Only the port: connections stay. */
  async #stopListening(): Promise<void> {
    this.#server?.close();
    this.#server = undefined;
    // A listening socket is closed in the next turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #join(near: Socket): void {
    const far = connect({ ...this.target, allowHalfOpen: true });
    const link: Link = {
      near,
      far,
      pipes: [new ProxiedPipe(near, far, { mayBeLate: false }), new ProxiedPipe(far, near, { mayBeLate: true })],
    };
    this.#links.add(link);
    near.once('close', () => {
      this.#links.delete(link);
      far.destroy();
    });
    far.once('close', () => near.destroySoon());
    for (const pipe of link.pipes) pipe.become(this.#mode);
  }
}
