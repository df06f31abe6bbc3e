import { RouteConfig } from '@nestjs/platform-fastify';

// What Nest's decorator writes; it would take the place of what another decorator of the same route wrote.
const FASTIFY_CONFIG = '__fastify_route_config__';

/** Adds to what a route is registered with, beside what other decorators add. */
export function markRoute(marks: object): MethodDecorator {
  return (target, key, descriptor) => {
    const before = Reflect.getMetadata(FASTIFY_CONFIG, descriptor.value as object) as object | undefined;
    RouteConfig({ ...before, ...marks })(target, key, descriptor);
  };
}
