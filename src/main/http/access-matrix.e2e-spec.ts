import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Permission, type SystemRole, SYSTEM_ROLES } from '#kernel/plugin/permission.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { openApiDocument } from '#main/http/openapi-document.js';
import { type DeclaredRoute, RouteList } from '#main/http/route-list.js';
import { MemberStage } from '#testing/member-stage.js';
import { call, type Seen } from '#testing/route-caller.js';
import { exampleOf } from '#testing/schema-example.js';

const GOLDEN = join(import.meta.dirname, 'access-matrix.golden.md');
const CALLERS = ['anonymous', 'other tenant', ...SYSTEM_ROLES, 'suspended tenant'] as const;
type Caller = (typeof CALLERS)[number];
type Row = Record<Caller, Seen>;
type Operation = {
  parameters: { in: string; name: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: object }> };
};

const NOTHING: Seen = { status: 0, code: undefined };
const fresh = (): string => `x${randomBytes(5).toString('hex')}`;

/** What cannot be made up from a schema alone. */
const BODIES: Readonly<Record<string, () => object>> = {
  'post /api/auth/login': () => ({ email: `${fresh()}@example.test`, password: 'not-the-password' }),
  'post /api/users': () => ({ email: `${fresh()}@example.test`, name: 'Somebody', role: 'viewer' }),
  'patch /api/users/:id': () => ({ name: 'Somebody else' }),
  'post /api/roles': () => ({ key: fresh(), name: 'A role' }),
  'post /api/authz/overrides': () => ({
    holder: { kind: 'role', id: 'viewer' },
    permission: 'tickets:read',
    effect: 'allow',
    reason: 'a spec',
  }),
  'post /api/authz/check': () => ({ checks: [{ permission: 'tickets:read' }] }),
};
const QUERIES: Readonly<Record<string, string>> = { permission: 'tickets:read' };
/** Where a new thing for `:id` comes from: the route that makes one. What is not here is asked for with an id that nothing has. */
const MAKERS: Readonly<Record<string, string>> = {
  '/api/tickets/:id': '/api/tickets',
  '/api/users/:id': '/api/users',
  '/api/roles/:id': '/api/roles',
  '/api/authz/overrides/:id': '/api/authz/overrides',
  '/api/api-keys/:id': '/api/api-keys',
};

describe('every route for every caller', () => {
  const rows = new Map<DeclaredRoute, Row>();
  let stage: MemberStage;
  let port: number;
  let tenants: Record<'own' | 'other' | 'suspended', Tenant>;

  beforeAll(async () => {
    stage = await MemberStage.open();
    await stage.app.listen(0, '127.0.0.1');
    ({ port } = stage.app.getHttpServer().address() as AddressInfo);
    const [own, other, suspended] = await Promise.all([
      stage.tests.tenant('schema'),
      stage.tests.tenant('schema'),
      stage.tests.tenant('row'),
    ]);
    tenants = { own, other, suspended };
    const routes = stage.app.get(RouteList).read();
    const document = openApiDocument(routes) as {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, Record<string, unknown>> };
    };
    // Last, because nobody can sign in to it any more.
    const late = await stage.people.signedIn(suspended, 'owner');
    await stage.tests.provisioning.provisioner.setStatus(suspended.id, 'suspended');
    for (const route of routes) {
      const operation = document.paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method];
      if (!operation) throw new Error(`${route.path} is not in the document`);
      const row = Object.fromEntries(CALLERS.map((caller) => [caller, NOTHING])) as Row;
      for (const caller of CALLERS)
        row[caller] = await ask(route, operation, await headersOf(caller, late.bearer), document.components.schemas);
      rows.set(route, row);
    }
  }, 300_000);

  afterAll(() => stage.close());

  async function headersOf(caller: Caller, late: Record<string, string>): Promise<Record<string, string>> {
    const host = `${tenants.own.slug}.localhost`;
    switch (caller) {
      case 'anonymous':
        return { host };
      case 'suspended tenant':
        return late;
      case 'other tenant':
        return { ...(await stage.people.signedIn(tenants.other, 'owner')).bearer, host };
      default:
        return (await stage.people.signedIn(tenants.own, caller)).bearer;
    }
  }

  async function ask(
    route: DeclaredRoute,
    { parameters, requestBody }: Operation,
    headers: Record<string, string>,
    schemas: Record<string, Record<string, unknown>>,
  ): Promise<Seen> {
    const id = route.path.includes(':id') ? await idFor(route) : '';
    const query = parameters.filter((found) => found.in === 'query' && found.required).map(({ name }) => `${name}=${QUERIES[name] ?? 'x'}`);
    const path = `${route.path.replace(':id', id).replace(/:\w+/g, randomUUID())}${query.length > 0 ? `?${query.join('&')}` : ''}`;
    const schema = requestBody?.content['application/json']?.schema;
    const body = BODIES[`${route.method} ${route.path}`]?.() ?? (schema && exampleOf(schema as Record<string, unknown>, schemas));
    const page = { origin: `http://${headers['host'] ?? ''}`, 'sec-fetch-site': 'same-origin' };
    const sent = { ...headers, ...page, 'idempotency-key': randomUUID(), 'if-match': '*' };
    return call({ port, method: route.method.toUpperCase(), path, headers: sent, body });
  }

  /** A thing of the tenant's own that nobody has touched yet. */
  async function idFor({ path }: DeclaredRoute): Promise<string> {
    const maker = Object.entries(MAKERS).find(([prefix]) => path.startsWith(prefix))?.[1];
    if (maker === undefined) return randomUUID();
    const owner = await stage.people.signedIn(tenants.own, 'owner');
    const headers = { ...owner.bearer, 'idempotency-key': randomUUID() };
    const body = BODIES[`post ${maker}`]?.() ?? { title: 'A ticket', name: 'A key' };
    const { title, name } = body as { title?: string; name?: string };
    const sent = maker === '/api/tickets' ? { title } : maker === '/api/api-keys' ? { name } : body;
    const made = await stage.ask('POST', maker, headers, sent);
    if (maker === '/api/roles') await stage.sql.run(tenants.own, 'delete from role where id <> $1', [made.json<{ id: string }>().id]);
    return made.json<{ id: string }>().id;
  }

  const of = (kind: DeclaredRoute['kind']): [string, Row, DeclaredRoute][] =>
    [...rows].filter(([route]) => route.kind === kind).map(([route, row]) => [`${route.method} ${route.path}`, row, route]);
  const wrong = (found: [string, Row, DeclaredRoute][], isRight: (row: Row, route: DeclaredRoute) => boolean): unknown[] =>
    found.filter(([, row, route]) => !isRight(row, route)).map(([name, row]) => [name, row]);

  it('admits nobody without a credential of the tenant', () => {
    expect(of('tenant').length).toBeGreaterThan(20);
    const isShut = ({ status, code }: Seen): boolean => status === 401 && code === 'access.unauthenticated';
    expect(wrong(of('tenant'), (row) => isShut(row['anonymous']) && isShut(row['other tenant']))).toEqual([]);
  });

  it('answers for no tenant that is suspended', () => {
    const all = [...of('tenant'), ...of('tenant-public')];
    expect(wrong(all, (row) => row['suspended tenant'].code === 'tenant.suspended' && row['suspended tenant'].status === 402)).toEqual([]);
  });

  it('refuses a role what it does not have, and refuses it nothing that it has', () => {
    const mayRole = (role: SystemRole, route: DeclaredRoute): boolean =>
      SYSTEM_ROLES.indexOf(role) >= SYSTEM_ROLES.indexOf((route.door!.permission as Permission).least);
    const isRight = (row: Row, route: DeclaredRoute): boolean =>
      SYSTEM_ROLES.every((role) => {
        const isDenied = row[role].code === 'access.denied';
        const isGated = row[role].code === 'access.plan-required';
        return mayRole(role, route) ? !isDenied : (isDenied && row[role].status === 403) || isGated;
      });
    expect(wrong(of('tenant'), isRight)).toEqual([]);
  });

  it('serves nothing of the platform on the host of a tenant', () => {
    const all = [...of('platform'), ...of('operators'), ...of('operators-public')];
    expect(wrong(all, (row) => CALLERS.every((caller) => row[caller].status === 404))).toEqual([]);
  });

  it('fails for nobody', () => {
    expect(
      wrong(
        [...rows].map(([route, row]) => [`${route.method} ${route.path}`, row, route]),
        (row) => CALLERS.every((caller) => row[caller].status < 500),
      ),
    ).toEqual([]);
  });

  it('answers as agreed; UPDATE_GOLDENS=1 agrees to other answers', () => {
    const cell = ({ status, code }: Seen): string => (code === undefined ? String(status) : `${status} ${code}`);
    const lines = [...rows].map(([{ method, path }, row]) => [
      `${method.toUpperCase()} ${path}`,
      ...CALLERS.map((caller) => cell(row[caller])),
    ]);
    const head = ['route', ...CALLERS];
    const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(GOLDEN, table);
    expect(table).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});
