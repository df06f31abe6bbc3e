/** The first thing on a stream: how long a browser waits before it asks again, in milliseconds. */
export const SSE_OPENING = 'retry: 3000\n\n';

/** Something that says nothing; it keeps proxies from taking the stream for dead. */
export const SSE_COMMENT = ': still here\n\n';

/** One event, whose data is one line because JSON has no line ends; `id` comes back as Last-Event-ID. */
export function sseEvent(id: string, data: object): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
