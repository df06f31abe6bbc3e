import type { Readable } from 'node:stream';
import { markRoute } from '#kernel/plugin/route-mark.js';

/** A body that nobody has read yet. */
export interface RawBody {
  readonly stream: Readable;
  /** What the caller says it is. */
  readonly type: string | undefined;
  /** Bytes the caller announced, if it did. */
  readonly length: number | undefined;
}

/** A route that is given its body as it comes, of whatever type: its `@Body()` is a RawBody, which it reads to the end or not at all. */
export function TakesRawBody(): MethodDecorator {
  return markRoute({ rawBody: true });
}

/** Whether a route takes one, by the configuration it was registered with. */
export function takesRawBody(config: unknown): boolean {
  return (config as { rawBody?: boolean } | undefined)?.rawBody ?? false;
}
