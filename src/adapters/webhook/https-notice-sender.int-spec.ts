import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpsNoticeSender } from '#adapters/webhook/https-notice-sender.js';
import { NoticeAddressRefusedError, NoticeFailedError } from '#control/onboarding/onboarding.errors.js';
import { until } from '#testing/faults/until.js';

describe('a notice', () => {
  let listener: Server;
  let asked: string[];
  let status = 204;
  let isSilent = false;

  beforeAll(async () => {
    listener = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (!isSilent) response.writeHead(status, { location: `http://127.0.0.1:${String(port())}/elsewhere` }).end('much that nobody reads');
    }).listen(0, '127.0.0.1');
    await until(() => listener.listening, 5_000);
  });
  afterAll(() => {
    listener.closeAllConnections();
    listener.close();
  });
  beforeEach(() => {
    asked = [];
    status = 204;
    isSilent = false;
  });

  const port = (): number => (listener.address() as AddressInfo).port;
  const never = new AbortController().signal;
  const local = new HttpsNoticeSender({ isLocalAllowed: true });
  const strict = new HttpsNoticeSender({ isLocalAllowed: false });
  const send = (url: string, sender = local, signal = never): Promise<void> => sender.send(url, {}, '{}', signal);

  it('is posted, and taken when the answer says so', async () => {
    await send(`http://localhost:${String(port())}/hook?a=b`);
    expect(asked).toEqual(['POST /hook?a=b']);
  });

  it.each([301, 307, 400, 410, 500])('is not taken by an answer of %d, and follows it nowhere', async (answer) => {
    status = answer;
    await expect(send(`http://127.0.0.1:${String(port())}/hook`)).rejects.toThrow(NoticeFailedError);
    expect(asked).toEqual(['POST /hook']);
  });

  it('goes nowhere that a name leads to on this machine', async () => {
    await expect(send(`https://localhost:${String(port())}/`, strict)).rejects.toThrow(NoticeAddressRefusedError);
    expect(asked).toEqual([]);
  });

  it('fails where nobody is, or nobody answers in time', async () => {
    await expect(send('http://127.0.0.1:1/')).rejects.toThrow(NoticeFailedError);
    await expect(send('https://no-such-name.invalid/', strict)).rejects.toThrow(NoticeFailedError);
    isSilent = true;
    await expect(send(`http://127.0.0.1:${String(port())}/`, local, AbortSignal.timeout(300))).rejects.toThrow(NoticeFailedError);
  });
});
