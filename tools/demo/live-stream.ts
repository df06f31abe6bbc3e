import type { IncomingMessage } from 'node:http';
import { attempt } from '#tools/demo/attempt.js';
import type { Door } from '#tools/demo/door.js';

/** What a member is told while it happens, as server-sent events. */
export class LiveStream {
  #heard = '';

  private constructor(private readonly answer: IncomingMessage) {
    answer.setEncoding('utf8').on('data', (words: string) => (this.#heard += words));
    // It is cut when the session ends; what was heard until then counts.
    answer.on('error', () => undefined);
  }

  /** Open when this resolves: what happens from now on is heard. */
  static async open(door: Door): Promise<LiveStream> {
    return new LiveStream(await door.open('GET', '/api/notifications/stream'));
  }

  /** The first event of that category; null when none comes in time. */
  event(category: string, withinMs: number): Promise<Record<string, unknown> | null> {
    return attempt(withinMs, () => this.#events().find((event) => event['category'] === category) ?? null);
  }

  close(): void {
    this.answer.destroy();
  }

  #events(): Record<string, unknown>[] {
    const whole = this.#heard.split('\n\n').slice(0, -1);
    return whole.flatMap((event) => {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      return data === undefined ? [] : [JSON.parse(data) as Record<string, unknown>];
    });
  }
}
