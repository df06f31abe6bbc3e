import { describe, expect, it } from '@jest/globals';
import { routeOf } from '#kernel/isolation/isolation-drivers.js';
import type { Placement } from '#kernel/tenancy/placement.js';

const placement: Placement = {
  kind: 'schema',
  region: 'eu-west',
  cluster: 'eu-west-1',
  database: 'tenantry',
  schema: 't_0a1b',
  secret: null,
  epoch: 1,
};

describe('the route of a placement', () => {
  it('leads rows and schemas of one cluster to the same connections', () => {
    const row = routeOf({ ...placement, kind: 'row', schema: 'shared' });
    expect(row).toEqual({ target: { cluster: 'eu-west-1' }, searchPath: '"shared", pg_temp', home: 'shared' });
    expect(routeOf(placement)).toEqual({ target: { cluster: 'eu-west-1' }, searchPath: '"t_0a1b", pg_temp', home: 't_0a1b' });
  });

  it('leads a database of its own to the connections of its secret', () => {
    const route = routeOf({ ...placement, kind: 'database', schema: 'app', secret: 'tenant-0a1b' });
    expect(route).toEqual({ target: { secret: 'tenant-0a1b' }, searchPath: '"app", pg_temp', home: 'app' });
  });

  it('refuses a database of its own without a secret', () => {
    expect(() => routeOf({ ...placement, kind: 'database' })).toThrow(TypeError);
  });

  it.each(['', 'T_1', '1t', 't-1', 't"; drop schema shared; --', 'shared", "t_1', 'a'.repeat(64)])(
    'refuses %j, which nobody minted as the name of a schema',
    (schema) => {
      expect(() => routeOf({ ...placement, schema })).toThrow(TypeError);
    },
  );
});
