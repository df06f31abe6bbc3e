import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { BodyEncodingUnsupportedError, BodyMalformedError } from '#main/http/http.errors.js';

const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;
const UTF8 = /^"?utf-?8"?$/i;

/**
 * Reads bodies as what they are said to be, or not at all: a Content-Encoding, another charset, bytes that are not UTF-8 and halves of
 * characters are refused, where a lenient reader would put something else in their place. Prototypes in disguise are refused too.
 */
export function readJsonBodies(instance: FastifyInstance): void {
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = request.headers;
    const isRead = encoding.trim().toLowerCase() === 'identity' && charsetsOf(type).every((charset) => UTF8.test(charset));
    done(isRead || request.is404 ? null : new BodyEncodingUnsupportedError(), payload);
  });
  instance.removeContentTypeParser('application/json');
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (!isUtf8(body)) {
      done(new BodyMalformedError());
      return;
    }
    const text = body.toString('utf8');
    void parse(request, text, (error, value) => {
      const isHalf = !error && ESCAPED_SURROGATE.test(text) && !isWellFormed(value);
      done(isHalf ? new BodyMalformedError() : error, value);
    });
  });
}

/** Of JSON alone: what other bodies mean is for those who read them. */
function charsetsOf(contentType: string): string[] {
  if (!/^\s*application\/json\b/i.test(contentType)) return [];
  return [...contentType.matchAll(/;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/gi)].map(([, charset = '']) => charset);
}

/** In a loop, because a body may be nested deeper than calls can be. */
function isWellFormed(value: unknown): boolean {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string' && !next.isWellFormed()) return false;
    if (typeof next === 'object' && next !== null) for (const [key, inner] of Object.entries(next)) open.push(key, inner);
  }
  return true;
}
