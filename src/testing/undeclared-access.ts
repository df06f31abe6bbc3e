import type { JobHandlerClass } from '#kernel/jobs/job-handler.js';
import { isPlatformPermission } from '#kernel/plugin/platform-permission.js';
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
    if (kind === 'operators') return isPlatformPermission(door?.permission) ? [] : [`${at}: has no permission of operators`];
    if (kind !== 'tenant') return door?.permission ? [`${at}: is ${kind}, so nobody asks for its permission`] : [];
    if (!door?.permission) return [`${at}: has no permission`];
    if (isPlatformPermission(door.permission)) return [`${at}: has a permission of operators`];
    return isListed(door.permission.name) ? [] : [`${at}: no plugin lists ${door.permission.name}`];
  });
  const ofJobs = handlers.flatMap(({ job: { name, permission } }) =>
    permission === 'platform' || isListed(permission.name) ? [] : [`${name}: no plugin lists ${permission.name}`],
  );
  return [...ofRoutes, ...ofJobs];
}
