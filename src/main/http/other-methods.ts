import type { FastifyInstance, RouteOptions } from 'fastify';
import { MethodNotAllowedError } from '#main/http/http.errors.js';

/**
 * Answers every method an address does not have with those it has. As routes of their own, so that the framework matches them as it matches
 * the others, and the gate lets in whom it lets in there. Call it before any route is declared, and what it gives after the last.
 */
export function refuseOtherMethods(instance: FastifyInstance): () => void {
  const known = new Map<string, { readonly methods: Set<string>; readonly config: RouteOptions['config'] }>();
  instance.addHook('onRoute', ({ url, method, config }) => {
    const address = known.get(url) ?? { methods: new Set(), config };
    known.set(url, address);
    for (const one of [method].flat()) address.methods.add(one);
  });
  return () => {
    for (const [url, { methods, config }] of [...known]) {
      const allowed = [...methods].sort();
      const others = instance.supportedMethods.filter((method) => !methods.has(method));
      if (others.length === 0) continue;
      instance.route({
        url,
        method: others,
        exposeHeadRoute: false,
        ...(config && { config }),
        // Before a body is read: it would be refused for what it is.
        onRequest: (_request, _reply, done) => done(new MethodNotAllowedError(allowed)),
        handler: () => undefined,
      });
    }
  };
}
