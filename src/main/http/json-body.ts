import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { BodyEncodingUnsupportedError, BodyMalformedError } from '#main/http/http.errors.js';

const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;
/** No other character of UTF-8 has one of these in it. */
const BYTES = { quote: 0x22, backslash: 0x5c, list: 0x5b, listEnd: 0x5d, object: 0x7b, objectEnd: 0x7d } as const;
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
    if (!isUtf8(body) || isTooDeep(body)) {
      done(new BodyMalformedError());
      return;
    }
    const text = body.toString('utf8');
    void parse(request, text, (error, value) => {
      const isRefused = !error && ESCAPED_SURROGATE.test(text) && !isWellFormed(value);
      done(isRefused ? new BodyMalformedError() : error, value);
    });
  });
}

/** Of JSON alone: what other bodies mean is for those who read them. */
function charsetsOf(contentType: string): string[] {
  if (!/^\s*application\/json\b/i.test(contentType)) return [];
  return [...contentType.matchAll(/;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/gi)].map(([, charset = '']) => charset);
}

/**
 * Deeper than anything of ours is, and than whoever walks through a body by calling itself could go. Looked at before it is read, because reading
 * a million levels takes a good part of a second, of which everybody has a share.
 */
function isTooDeep(body: Buffer): boolean {
  let [depth, isText] = [0, false];
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === BYTES.quote) isText = !isText;
    else if (isText) at += byte === BYTES.backslash ? 1 : 0;
    else if (byte === BYTES.list || byte === BYTES.object) depth += 1;
    else if (byte === BYTES.listEnd || byte === BYTES.objectEnd) depth -= 1;
    if (depth > DEEPEST) return true;
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
