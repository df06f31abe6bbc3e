import { createServer, type Server } from 'node:http';
import { METRICS_TYPE, type MetricsText } from '#main/http/metrics-text.js';

/** Serves the measurements on a port of their own, which is for the cluster's inside and asks for no credential. */
export async function openMetricsListener(metrics: MetricsText, port: number, host: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isRight = request.method === 'GET' && request.url === '/metrics';
    response
      .writeHead(isRight ? 200 : 404, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' })
      .end(isRight ? metrics.read() : '');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return server;
}
