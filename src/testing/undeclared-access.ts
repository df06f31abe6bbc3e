import type { JobHandlerClass } from '#kernel/jobs/job-handler.js';
import type { DeclaredRoute } from '#main/http/route-list.js';
import type { PermissionCatalogue } from '#workspace/access/permission-catalogue.js';

/** What somebody could reach that says neither which permission it needs nor that it is public or the platform's own; by name, with why. */
export function undeclaredAccess(
  routes: readonly DeclaredRoute[],
  handlers: readonly JobHandlerClass[],
  catalogue: PermissionCatalogue,
): string[] {
  const isListed = (name: string): boolean => catalogue.all.some((permission) => permission.name === name);
  const ofRoutes = routes.flatMap(({ method, path, kind, door }) => {
    const at = `${method} ${path}`;
    if (kind !== 'tenant') return door?.permission ? [`${at}: is ${kind}, so nobody asks for its permission`] : [];
    if (!door?.permission) return [`${at}: has no permission`];
    return isListed(door.permission.name) ? [] : [`${at}: no plugin lists ${door.permission.name}`];
  });
  const ofJobs = handlers.flatMap(({ job: { name, permission } }) =>
    permission === 'platform' || isListed(permission.name) ? [] : [`${name}: no plugin lists ${permission.name}`],
  );
  return [...ofRoutes, ...ofJobs];
}
