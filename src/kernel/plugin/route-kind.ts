import { markRoute } from '#kernel/plugin/route-mark.js';

/**
 * Whom a route is for. What says nothing is a tenant's route and needs a principal; `tenant-public` is a tenant's route for everybody, and
 * `operators-public` one of the operators' host for everybody.
 */
export type RouteKind = 'tenant' | 'tenant-public' | 'platform' | 'operators' | 'operators-public' | 'any-host';

/** What a route is registered with. */
export interface RouteMark {
  readonly kind: RouteKind;
  readonly reason: string;
  /** Whether it acts on cookies all the same, so that a browser's own sending of them must not be enough. */
  readonly readsCookies?: boolean;
}

/** A route of the platform's own hosts, for everybody or for operators only; on a tenant's host it does not exist. */
export function PlatformRoute(audience: 'public' | 'operators', reason: string): MethodDecorator {
  return mark(audience === 'public' ? 'platform' : 'operators', reason);
}

/** A route that is the same under every host and knows no tenant. */
export function AnyHost(reason: string): MethodDecorator {
  return mark('any-host', reason);
}

/** A route of a tenant's host that needs no credential: where one is got, or given back. */
export function TenantPublic(reason: string, { readsCookies = false }: Pick<RouteMark, 'readsCookies'> = {}): MethodDecorator {
  return markRoute({ tenantry: { kind: 'tenant-public', reason, readsCookies } satisfies RouteMark });
}

/** A route of the operators' host that needs no credential: where one is got, or given back. */
export function OperatorsPublic(reason: string, { readsCookies = false }: Pick<RouteMark, 'readsCookies'> = {}): MethodDecorator {
  return markRoute({ tenantry: { kind: 'operators-public', reason, readsCookies } satisfies RouteMark });
}

/** The kind of a route by the configuration it was registered with. */
export function routeKindOf(config: unknown): RouteKind {
  return (config as { tenantry?: RouteMark } | undefined)?.tenantry?.kind ?? 'tenant';
}

/** Whether a route acts on cookies without asking whose they are first. */
export function readsCookies(config: unknown): boolean {
  return (config as { tenantry?: RouteMark } | undefined)?.tenantry?.readsCookies ?? false;
}

function mark(kind: RouteKind, reason: string): MethodDecorator {
  return markRoute({ tenantry: { kind, reason } satisfies RouteMark });
}
