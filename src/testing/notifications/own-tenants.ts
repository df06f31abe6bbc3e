import type { CachedTenantDirectory } from '#kernel/tenancy/cached-tenant-directory.js';

/** A directory that knows these tenants by their ids and no others: a worker of a spec leaves the jobs of other specs to them. */
export function ownTenants(directory: CachedTenantDirectory, ids: ReadonlySet<string>): CachedTenantDirectory {
  return new Proxy(directory, {
    get: (target, name) => {
      if (name === 'byId') return (id: string) => (ids.has(id) ? target.byId(id) : Promise.resolve(null));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
