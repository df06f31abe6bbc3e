import type pg from 'pg';
import { KeptSessions } from '#adapters/postgres/kept-sessions.js';
import { serverTurn } from '#adapters/postgres/server-turn.js';
import { ANSWER_MS, withSession } from '#adapters/postgres/session.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { TestPlatform } from '#testing/test-platform.js';

describe('a session of provisioning with a server that says nothing more', () => {
  let url: string;
  let proxy: TcpProxy;

  beforeAll(async () => {
    const test = await TestPlatform.open();
    url = String(test.provisioning.clusters[0]?.provisionUrl);
    await test.close();
    proxy = await TcpProxy.to(url);
  });
  afterAll(() => proxy.close());

  const limitOf = async (session: pg.ClientBase): Promise<unknown> =>
    (session as unknown as { connectionParameters: { query_timeout: unknown } }).connectionParameters.query_timeout;

  it.each([
    ['of its own', withSession],
    ['that is kept', new KeptSessions().run],
    ['in the turn of a server', serverTurn],
  ])('is not waited for longer than a statement may take, in one %s', async (_, run) => {
    expect(await run(url, limitOf)).toBe(ANSWER_MS);
  });

  it('ends after that time', async () => {
    const began = performance.now();
    const silenced = withSession(
      proxy.through(url),
      async (session) => {
        proxy.silence();
        return session.query('select 1');
      },
      300,
    );
    await expect(silenced).rejects.toThrow('Query read timeout');
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
