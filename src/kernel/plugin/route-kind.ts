import { RouteConfig } from '@nestjs/platform-fastify';

/** Whom a route is for. What says nothing is a tenant's route and needs a principal. */
export type RouteKind = 'tenant' | 'platform' | 'operators' | 'any-host';

/** What a route is registered with. */
export interface RouteMark {
  readonly kind: RouteKind;
  readonly reason: string;
}

/** A route of the platform's own hosts, for everybody or for operators only; on a tenant's host it does not exist. */
export function PlatformRoute(audience: 'public' | 'operators', reason: string): MethodDecorator {
  return mark(audience === 'public' ? 'platform' : 'operators', reason);
}

/** A route that is the same under every host and knows no tenant. */
export function AnyHost(reason: string): MethodDecorator {
  return mark('any-host', reason);
}

/** The kind of a route by the configuration it was registered with. */
export function routeKindOf(config: unknown): RouteKind {
  return (config as { tenantry?: RouteMark } | undefined)?.tenantry?.kind ?? 'tenant';
}

function mark(kind: RouteKind, reason: string): MethodDecorator {
  return RouteConfig({ tenantry: { kind, reason } satisfies RouteMark });
}
