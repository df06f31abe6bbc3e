import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { type RawBody, takesRawBody } from '#kernel/plugin/raw-body.js';

/** No caller's type: one that says it is this is told that it is not read here, unless the route takes whatever comes. */
const RAW = 'application/x-tenantry-raw';

/** Leaves the bodies of the routes that want them so unread, whatever their type; those of all others are read as before. */
export function leaveRawBodies(instance: FastifyInstance): void {
  const types = new WeakMap<IncomingMessage, string>();
  instance.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    if (takesRawBody(request.routeOptions.config)) {
      if (headers['content-type'] !== undefined) types.set(request.raw, headers['content-type']);
      // The parser is chosen by this header, and an empty body has one too.
      headers['content-type'] = RAW;
    } else if (headers['content-type']?.startsWith(RAW)) headers['content-type'] = 'application/octet-stream';
    done();
  });
  instance.addContentTypeParser(RAW, (request, payload, done) => {
    const length = request.headers['content-length'];
    const body: RawBody = {
      stream: payload,
      type: types.get(request.raw),
      length: length === undefined ? undefined : Number(length),
    };
    done(null, body);
  });
}
