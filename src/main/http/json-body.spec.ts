import { jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { appErrorOf } from '#main/http/app-error-of.js';
import { readJsonBodies } from '#main/http/json-body.js';

describe('a JSON body', () => {
  let app: FastifyInstance;

  beforeAll(() => {
    app = fastify();
    readJsonBodies(app);
    app.setErrorHandler((error, _request, reply) => reply.code(400).send({ code: appErrorOf(error)?.code }));
    app.post('/', ({ body }, reply) => reply.send({ body }));
  });
  afterAll(() => app.close());

  const read = async (payload: string | Buffer, headers: Record<string, string> = {}): Promise<unknown> => {
    const answer = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json', ...headers }, payload });
    return answer.json();
  };

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"', 'application/json; charset=utf8'])(
    'is read as %s',
    async (type) => expect(await read('{"title":"é 🎉"}', { 'content-type': type })).toEqual({ body: { title: 'é 🎉' } }),
  );

  it('is read when it is said not to be encoded', async () => {
    expect(await read('1', { 'content-encoding': 'identity' })).toEqual({ body: 1 });
  });

  it.each(['gzip', 'br', 'deflate', 'x-unknown', 'identity, gzip', ''])('is refused with the Content-Encoding %j', async (encoding) => {
    expect(await read(gzipSync('{}'), { 'content-encoding': encoding })).toEqual({ code: 'body.unsupported-encoding' });
  });

  it.each(['utf-16', 'iso-8859-1', '"us-ascii"', '', 'utf-8; charset=utf-16', 'utf-8x'])(
    'is refused with the charset %s',
    async (charset) => {
      const type = `application/json; charset=${charset}`;
      expect(await read('{}', { 'content-type': type })).toEqual({ code: 'body.unsupported-encoding' });
    },
  );

  it.each([
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['a cut character', [0x22, 0xc3, 0x22]],
    ['a longer way to write a character', [0x22, 0xc0, 0xaf, 0x22]],
    ['half a character in three bytes', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['another alphabet', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])('is malformed with %s in it', async (_name, bytes) => {
    expect(await read(Buffer.from(bytes))).toEqual({ code: 'body.malformed' });
  });

  it.each(['"\\ud800"', '"a\\uDC00b"', '"\\udc00\\ud800"', '{"\\ud83c":1}', '[[{"a":["\\uD83Cx"]}]]', '"\\ud83c\\ud83c\\udf89"'])(
    'is malformed with half a character in %s',
    async (text) => expect(await read(text)).toEqual({ code: 'body.malformed' }),
  );

  it('keeps characters that are written as two escapes, and escapes of escapes', async () => {
    expect(await read('["\\ud83c\\udf89", "\\\\ud800", "\\ufffd"]')).toEqual({ body: ['🎉', '\\ud800', '\ufffd'] });
  });

  it('is refused when it is nested more than 64 deep, however deep', async () => {
    const nested = (depth: number, inner: string): string => `${'[{"a":'.repeat(depth / 2)}${inner}${'}]'.repeat(depth / 2)}`;
    for (const depth of [66, 4_000, 100_000]) expect(await read(nested(depth, '1'))).toEqual({ code: 'body.malformed' });
    expect(await read(nested(64, '1'))).toMatchObject({ body: [{}] });
    const [strings, escaped] = [{ '[[': '{'.repeat(100) }, ['\\"[', '"'.repeat(3), '['.repeat(100)]];
    for (const value of [strings, escaped]) expect(await read(JSON.stringify(value))).toEqual({ body: value });
    expect(await read(nested(60, '"\\ud800"'))).toEqual({ code: 'body.malformed' });
    const flat = JSON.stringify({ text: '[{'.repeat(500), list: Array.from({ length: 500 }, () => [{}]) });
    expect(await read(flat)).toEqual({ body: JSON.parse(flat) });
  });

  it('is not even read when it is', async () => {
    const parsed = jest.spyOn(JSON, 'parse');
    const levels = Buffer.alloc(1_000_000, '[');
    expect([await read(levels), parsed.mock.calls.filter(([text]) => text.startsWith('[['))]).toEqual([{ code: 'body.malformed' }, []]);
    parsed.mockRestore();
  });

  it.each(['', '{', '{"__proto__":{}}', '{"constructor":{"prototype":{}}}'])('is malformed as %j', async (text) => {
    expect(await read(text)).toEqual({ code: 'body.malformed' });
  });
});
