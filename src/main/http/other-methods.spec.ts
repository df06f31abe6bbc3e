import fastify, { type FastifyInstance } from 'fastify';
import { MethodNotAllowedError } from '#main/http/http.errors.js';
import { refuseOtherMethods } from '#main/http/other-methods.js';

describe('an address', () => {
  let app: FastifyInstance;

  beforeAll(() => {
    app = fastify();
    const refuse = refuseOtherMethods(app);
    app.addHook('onRequest', (request, _reply, done) =>
      done('isClosed' in request.routeOptions.config ? Object.assign(new Error('closed'), { statusCode: 401 }) : undefined),
    );
    app.get('/things/:id', () => 'a thing');
    app.post('/things/:id', () => 'done');
    app.put('/closed', { config: { isClosed: true } }, () => 'inside');
    app.setErrorHandler((error, _request, reply) => {
      if (error instanceof MethodNotAllowedError) return reply.code(405).send(error.allowed);
      return reply.send(error);
    });
    refuse();
  });
  afterAll(() => app.close());

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('without %s says which methods it has', async (method) => {
    const answer = await app.inject({ method, url: '/things/1', headers: { 'content-type': 'no/such' }, payload: 'x' });
    expect([answer.statusCode, answer.json()]).toEqual([405, ['GET', 'HEAD', 'POST']]);
  });

  it('goes on answering those it has', async () => {
    const answers = await Promise.all((['GET', 'HEAD', 'POST'] as const).map((method) => app.inject({ method, url: '/things/1' })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  });

  it('says so to those alone who are let in there', async () => {
    expect((await app.inject({ method: 'GET', url: '/closed' })).statusCode).toBe(401);
  });

  it('that is none has no methods to tell of', async () => {
    expect((await app.inject({ method: 'PUT', url: '/things' })).statusCode).toBe(404);
  });
});
