import type { Placement, PlacementKind } from '#kernel/tenancy/placement.js';

/** Where a statement goes: which pool, and what the database must be told with it. */
export interface Route {
  /** The pool's key: tenants with the same target share one. */
  readonly target: { readonly cluster: string } | { readonly secret: string };
  readonly searchPath: string;
  /** The schema that must be the home of whoever presents a capability. */
  readonly home: string;
}

/** The three ways to keep tenants apart; the only place in the product that asks for the kind. */
const drivers: Record<PlacementKind, (placement: Placement) => Route> = {
  row: ({ cluster, schema }) => ({ target: { cluster }, ...home(schema) }),
  schema: ({ cluster, schema }) => ({ target: { cluster }, ...home(schema) }),
  database: ({ secret, schema }) => {
    if (!secret) throw new TypeError('a database placement names its secret');
    return { target: { secret }, ...home(schema) };
  },
};

/** The route of a placement. */
export function routeOf(placement: Placement): Route {
  return drivers[placement.kind](placement);
}

/** No `public`, where a missing table would fall through to another's; pg_temp last, where it cannot shadow anything. */
function home(schema: string): Pick<Route, 'searchPath' | 'home'> {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(schema)) throw new TypeError(`${JSON.stringify(schema)} is not a schema name we minted`);
  return { searchPath: `"${schema}", pg_temp`, home: schema };
}
