import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_STATUSES } from '#main/http/problem-statuses.js';
import { newRequestId } from '#main/http/request-id.js';
import { SECURITY_HEADERS } from '#main/http/security-headers.js';

const CODES: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', 'request.headers-too-large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'request.timeout'],
]);

/** Answers what could not even be read as a request, on the bare socket, and closes it. */
export function clientErrorAnswer(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODES.get(error.code ?? '') ?? 'request.malformed';
  const { status, title } = PROBLEM_STATUSES.get(code) ?? { status: 400, title: 'Malformed request' };
  const requestId = newRequestId();
  const body = JSON.stringify({ type: `urn:tenantry:problem:${code}`, title, status, detail: title, instance: null, code, requestId });
  const headers = {
    ...SECURITY_HEADERS,
    'x-request-id': requestId,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
