import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { JobHandlerClass } from '#kernel/jobs/job-handler.js';
import { permission, SYSTEM_ROLES } from '#kernel/plugin/permission.js';
import { createHttpApp } from '#main/http/http-app.js';
import { type DeclaredRoute, RouteList } from '#main/http/route-list.js';
import { TestPlatform } from '#testing/test-platform.js';
import { undeclaredAccess } from '#testing/undeclared-access.js';
import { permissionsOf } from '#workspace/access/permission-catalogue.js';
import { RoleGraph } from '#workspace/access/role-graph.js';

const GOLDEN = join(import.meta.dirname, '../../workspace/access/matrix.golden.md');

describe('what everything that can be reached declares', () => {
  let tests: TestPlatform;
  let app: NestFastifyApplication;
  let routes: DeclaredRoute[];
  let handlers: readonly JobHandlerClass[];

  beforeAll(async () => {
    tests = await TestPlatform.open();
    app = await createHttpApp(tests.platform);
    routes = app.get(RouteList).read();
    handlers = tests.platform.jobs.all;
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await tests.close();
  });

  const found = (more: readonly DeclaredRoute[], moreHandlers: readonly JobHandlerClass[] = []): string[] =>
    undeclaredAccess([...routes, ...more], [...handlers, ...moreHandlers], tests.platform.permissions);

  it('is a permission that a plugin lists, or that it is public or the platform’s own', () => {
    expect(routes.filter(({ kind }) => kind === 'tenant').length).toBeGreaterThan(20);
    expect(found([])).toEqual([]);
  });

  it('would not go unnoticed if it were missing', () => {
    const route: DeclaredRoute = { method: 'get', path: '/x', kind: 'tenant', name: 'x', door: undefined, parameters: [] };
    const door = { summary: 'x', answers: {}, permission: permission('x:y', 'owner') };
    class Handler {
      static readonly job = { name: 'x.y', order: 'none', permission: door.permission } as const;
      async handle(): Promise<void> {}
    }
    expect(found([route, { ...route, door }, { ...route, door, kind: 'platform' }], [Handler])).toEqual([
      'get /x: has no permission',
      'get /x: no plugin lists x:y',
      'get /x: is platform, so nobody asks for its permission',
      'x.y: no plugin lists x:y',
    ]);
  });

  it('is held to the system roles as agreed; UPDATE_GOLDENS=1 agrees to another', () => {
    const { permissions } = tests.platform;
    const graph = new RoleGraph([]);
    const rows = permissions.all
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map((asked) => {
        const roles = SYSTEM_ROLES.map((role) => (permissionsOf(graph.sum([role]), permissions).includes(asked) ? 'yes' : '-'));
        return [asked.name, ...roles, asked.risk, asked.feature ?? '-', asked.stepUp ? 'yes' : '-'];
      });
    const head = ['permission', ...SYSTEM_ROLES, 'risk', 'feature', 'step-up'];
    const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(GOLDEN, table);
    expect(table).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});
