import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { BodyEncodingUnsupportedError, BodyMalformedError } from '#main/http/http.errors.js';

const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;
const OPENING = /[[{]/g;
const DEEPEST = 64;
const UTF8 = /^"?utf-?8"?$/i;

/**
 * Reads bodies as what they are said to be, or not at all: a Content-Encoding, another charset, bytes that are not UTF-8 and halves of
 * characters are refused, where a lenient reader would put something else in their place. So are prototypes in disguise and more than 64
 * levels of nesting.
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
      const isRefused = !error && (isTooDeep(text, value) || (ESCAPED_SURROGATE.test(text) && !isWellFormed(value)));
      done(isRefused ? new BodyMalformedError() : error, value);
    });
  });
}

/** Of JSON alone: what other bodies mean is for those who read them. */
function charsetsOf(contentType: string): string[] {
  if (!/^\s*application\/json\b/i.test(contentType)) return [];
  return [...contentType.matchAll(/;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/gi)].map(([, charset = '']) => charset);
}

/** Deeper than anything of ours is, and than whoever walks through a body by calling itself could go. */
function isTooDeep(text: string, value: unknown): boolean {
  if ((text.match(OPENING)?.length ?? 0) <= DEEPEST) return false;
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((next) => (typeof next === 'object' && next !== null ? (Object.values(next) as unknown[]) : []));
  }
  return false;
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
