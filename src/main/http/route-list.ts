import { Injectable, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { DOOR_METADATA, type DoorDescription, type DoorSchema } from '#kernel/plugin/door.js';
import { type RouteKind, routeKindOf } from '#kernel/plugin/route-kind.js';

/** A route as its controller declares it. */
export interface DeclaredRoute {
  readonly method: string;
  readonly path: string;
  readonly kind: RouteKind;
  readonly name: string;
  readonly door: DoorDescription | undefined;
  readonly parameters: readonly RouteParameter[];
}

/** A checked parameter; a query and a body are named by their schema's own keys. */
export interface RouteParameter {
  readonly in: 'body' | 'query' | 'path';
  readonly name: string | undefined;
  readonly schema: DoorSchema;
}

// What Nest's decorators write; these names are as stable as its other packages need them to be.
const PLACES: ReadonlyMap<string, RouteParameter['in']> = new Map([
  ['3', 'body'],
  ['4', 'query'],
  ['5', 'path'],
]);
const ROUTE_ARGUMENTS = '__routeArguments__';
const FASTIFY_CONFIG = '__fastify_route_config__';

/** Lists every route of every controller, in the order of their addresses. */
@Injectable()
export class RouteList {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  read(): DeclaredRoute[] {
    const routes = this.discovery
      .getControllers()
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? this.#routesOf(metatype) : []));
    return routes.sort((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`));
  }

  #routesOf(controller: object & { readonly prototype?: object; readonly name?: string }): DeclaredRoute[] {
    const prototype = controller.prototype as Record<string, () => unknown>;
    const base = Reflect.getMetadata('path', controller) as string;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      const method = handler && (Reflect.getMetadata('method', handler) as RequestMethod | undefined);
      if (!handler || method === undefined) return [];
      const path = `${base}/${Reflect.getMetadata('path', handler) as string}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
      return [
        {
          method: RequestMethod[method].toLowerCase(),
          path,
          kind: routeKindOf(Reflect.getMetadata(FASTIFY_CONFIG, handler)),
          name: `${controller.name ?? ''}.${name}`,
          door: this.reflector.get<DoorDescription | undefined>(DOOR_METADATA, handler),
          parameters: parametersOf(controller, name),
        },
      ];
    });
  }
}

function parametersOf(controller: object, method: string): RouteParameter[] {
  const declared = (Reflect.getMetadata(ROUTE_ARGUMENTS, controller, method) ?? {}) as Record<
    string,
    { data?: string; schema?: DoorSchema }
  >;
  return Object.entries(declared).flatMap(([key, { data, schema }]) => {
    const place = PLACES.get(key.split(':')[0] ?? '');
    return place && schema ? [{ in: place, name: data, schema }] : [];
  });
}
