import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { NotificationView } from '#workspace/notifications/notification.schemas.js';

/** A browser's end of a stream: what came, and whether it is over. */
export class SseReader {
  readonly events: { readonly id: string; readonly data: NotificationView }[] = [];
  /** Lines that are no event: comments and the time to wait. */
  readonly others: string[] = [];
  isOver = false;
  #text = '';
  #came: (() => void) | undefined;

  private constructor(private readonly answer: IncomingMessage) {
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => this.#take(text));
    // Being cut off is an end like another.
    answer.on('error', () => undefined);
    answer.on('close', () => (this.isOver = true));
  }

  /** Resolves when the stream is open, or with what was answered instead. */
  static async open(port: number, headers: Record<string, string>, lastEventId?: string): Promise<SseReader> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const own = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    get({ host: '127.0.0.1', port, path: '/api/notifications/stream', agent: false, headers: { ...headers, ...own } }, resolve).once(
      'error',
      reject,
    );
    return new SseReader(await promise);
  }

  get status(): number {
    return this.answer.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.answer.headers;
  }

  get titles(): string[] {
    return this.events.map(({ data }) => data.title);
  }

  /** Resolves with the next event, without a look before its time. For one who waits at a time. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.#came = resolve));
  }

  close(): void {
    this.answer.destroy();
  }

  #take(text: string): void {
    const parts = (this.#text + text).split('\n\n');
    this.#text = parts.pop() ?? '';
    for (const part of parts) {
      const id = /^id: (.*)$/m.exec(part)?.[1];
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (id === undefined || data === undefined) {
        this.others.push(part);
        continue;
      }
      this.events.push({ id, data: JSON.parse(data) as NotificationView });
      this.#came?.();
    }
  }
}
