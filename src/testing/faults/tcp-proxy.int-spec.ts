import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { TcpProxy } from '#testing/tcp-proxy.js';

/** Says everything back. */
function echo(): Server {
  return createServer((socket) => socket.on('error', () => undefined).pipe(socket));
}

describe('the proxy', () => {
  const server = echo();
  const callers: Socket[] = [];
  let proxy: TcpProxy;
  let port: number;

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  beforeEach(async () => {
    proxy = await TcpProxy.to(`redis://127.0.0.1:${(server.address() as AddressInfo).port}/0`);
    port = Number(new URL(proxy.through('redis://somewhere/0')).port);
  });
  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.destroy();
    await proxy.close();
  });
  afterAll(() => server.close());

  async function call(): Promise<Socket> {
    const caller = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
    callers.push(caller);
    await once(caller, 'connect');
    return caller;
  }
  const say = async (caller: Socket, text: string): Promise<string> => {
    const answer = once(caller, 'data');
    caller.write(text);
    return String((await answer)[0]);
  };
  const outcome = (text: string, caller: Socket): Promise<string> =>
    Promise.race([say(caller, text).catch(() => 'closed'), pause(200, 'nothing')]);

  it('keeps everything of an address but host and port', () => {
    expect(proxy.through('postgres://user:p%40ss@db.example:6543/name?x=1')).toBe(`postgres://user:p%40ss@127.0.0.1:${port}/name?x=1`);
    expect(proxy.through('https://vault.example')).toBe(`https://127.0.0.1:${port}`);
  });

  it('passes both ways and counts', async () => {
    const caller = await call();
    expect(await say(caller, 'hello')).toBe('hello');
    expect(proxy.openSockets).toBe(1);
    expect(proxy.upstreamPorts).toHaveLength(1);
    caller.destroy();
    for (const end = Date.now() + 2_000; proxy.openSockets > 0 && Date.now() < end;) await pause(5);
    expect(proxy.openSockets).toBe(0);
  });

  it('refuses, and takes calls again', async () => {
    const caller = await call();
    const closed = once(caller, 'close');
    caller.resume();
    await proxy.refuse();
    caller.end();
    await closed;
    const refused = connect(port, '127.0.0.1');
    expect(((await once(refused, 'error').catch((error: unknown) => [error])) as [{ code: string }])[0].code).toBe('ECONNREFUSED');
    await proxy.pass();
    expect(await say(await call(), 'again')).toBe('again');
  });

  it('holds what is said while it is silent', async () => {
    const before = await call();
    proxy.silence();
    expect(await outcome('one', before)).toBe('nothing');
    expect(await outcome('two', await call())).toBe('nothing');
    const late = once(before, 'data');
    await proxy.pass();
    expect(String((await late)[0])).toBe('one');
  });

  it('answers nobody who connects when it has vanished', async () => {
    await proxy.vanish();
    const caller = connect(port, '127.0.0.1').on('error', () => undefined);
    callers.push(caller);
    expect(await Promise.race([once(caller, 'connect').then(() => 'connected'), pause(300, 'nothing')])).toBe('nothing');
    await proxy.pass();
    expect(await say(await call(), 'again')).toBe('again');
  });

  it('is late, and in order', async () => {
    const caller = await call();
    proxy.delay(150);
    const sentAt = performance.now();
    caller.write('a');
    await pause(20);
    await proxy.pass();
    caller.write('b');
    let heard = '';
    while (heard.length < 2) heard += String((await once(caller, 'data'))[0]);
    expect(heard).toBe('ab');
    expect(performance.now() - sentAt).toBeGreaterThan(140);
  });

  it('resets after so many bytes, and ends one half', async () => {
    const caller = await call();
    proxy.resetAfter(4);
    expect(await outcome('abc', caller)).toBe('abc');
    expect(await outcome('de', caller)).toBe('closed');
    await proxy.pass();
    const half = await call();
    const ended = once(half, 'end');
    half.resume();
    proxy.halfClose();
    await ended;
    expect(half.writable).toBe(true);
  });
});
