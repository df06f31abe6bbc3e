import fastify from 'fastify';
import { answerConditionally } from '#main/http/conditional-get.js';

describe('a read of a version that is known', () => {
  const app = fastify();
  answerConditionally(app);
  app.get('/one', async (_request, reply) => reply.header('etag', '"1"').send({ one: 1 }));
  app.get('/gone', async (_request, reply) => reply.code(404).header('etag', '"1"').send({ gone: 1 }));
  app.post('/one', async (_request, reply) => reply.header('etag', '"1"').send({ one: 1 }));
  afterAll(() => app.close());

  const ask = (method: 'GET' | 'POST', url: string, known: string) => app.inject({ method, url, headers: { 'if-none-match': known } });

  it.each(['"1"', 'W/"1"', '"7", "1"', '*'])('is answered with 304 and no body: %s', async (known) => {
    const { statusCode, body, headers } = await ask('GET', '/one', known);
    expect([statusCode, body, headers.etag, headers['content-type']]).toEqual([304, '', '"1"', undefined]);
  });

  it.each(['"2"', '1', '""', 'W/"2", "3"'])('is answered whole when it is another: %s', async (known) => {
    const answer = await ask('GET', '/one', known);
    expect([answer.statusCode, answer.json()]).toEqual([200, { one: 1 }]);
  });

  it('is not what a failure or a change is answered with', async () => {
    expect((await ask('GET', '/gone', '"1"')).statusCode).toBe(404);
    expect((await ask('POST', '/one', '"1"')).json()).toEqual({ one: 1 });
  });
});
