import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mayOperate } from '#control/operators/rights/platform-permissions.js';
import { isSafeMethod } from '#kernel/resolution/forgery-guard.js';
import { isPlatformPermission, OPERATOR_ROLES, type PlatformPermission } from '#kernel/plugin/platform-permission.js';
import { JsonSchemas } from '#main/http/json-schemas.js';
import { openApiDocument } from '#main/http/openapi-document.js';
import { type DeclaredRoute, RouteList } from '#main/http/route-list.js';
import { shortOf } from '#testing/member-stage.js';
import { OperatorStage } from '#testing/operators/operator-stage.js';
import { exampleOf } from '#testing/schema-example.js';

const GOLDEN = join(import.meta.dirname, 'operator-matrix.golden.md');
const CALLERS = ['anonymous', 'owner of a tenant', ...OPERATOR_ROLES, 'operators’ token', 'tenant host'] as const;
type Caller = (typeof CALLERS)[number];
type Row = Record<Caller, string>;
type Operation = { requestBody?: { content: Record<string, { schema: object }> } };

/** Acts whose body the contract fixed without a reason; what is about whoever asks needs none. */
const NO_REASON_ASKED: ReadonlySet<string> = new Set<string>();

describe('every route of the operators’ host for every caller', () => {
  const rows = new Map<DeclaredRoute, Row>();
  let stage: OperatorStage;

  beforeAll(async () => {
    stage = await OperatorStage.open();
    const tenant = await stage.tests.tenant('row');
    const key = await stage.tests.apiKey(tenant);
    const routes = stage.app.get(RouteList).read();
    const { paths, components } = openApiDocument(routes) as {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, Record<string, unknown>> };
    };
    const headersOf = async (caller: Caller): Promise<Record<string, string>> => {
      if (caller === 'anonymous') return {};
      if (caller === 'owner of a tenant') return { authorization: `Bearer ${key}` };
      if (caller === 'operators’ token') return { ...stage.token };
      if (caller === 'tenant host') return { ...stage.token, host: `${tenant.slug}.localhost` };
      return { ...(await stage.signedIn(caller)).bearer };
    };
    for (const route of routes.filter(({ kind }) => kind === 'operators' || kind === 'operators-public')) {
      const schema = paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method]?.requestBody?.content['application/json']?.schema;
      const row = Object.fromEntries(CALLERS.map((caller) => [caller, ''])) as Row;
      for (const caller of CALLERS) {
        const body = schema && (exampleOf(schema as Record<string, unknown>, components.schemas) as Record<string, unknown>);
        if (body && 'email' in body) body['email'] = `op-${randomBytes(5).toString('hex')}@example.test`;
        const url =
          route.path.replace(/:\w+/g, randomUUID()) +
          (route.method === 'delete' && route.path.endsWith('/sessions') ? '?except=current' : '');
        const headers = { ...(await headersOf(caller)), 'idempotency-key': randomUUID(), 'if-match': '*' };
        const answer = await stage.ask(route.method.toUpperCase() as 'GET', url, headers, body);
        row[caller] = shortOf(answer).join(' ');
      }
      rows.set(route, row);
    }
  }, 300_000);
  afterAll(() => stage.close());

  const nameOf = ({ method, path }: DeclaredRoute): string => `${method} ${path}`;
  const wrong = (isRight: (row: Row, permission: PlatformPermission) => boolean): unknown[] =>
    [...rows]
      .filter(([{ kind, door }, row]) => kind === 'operators' && !isRight(row, door?.permission as PlatformPermission))
      .map(([route, row]) => [nameOf(route), row]);

  it('has a permission of operators, each of them', () => {
    const own = [...rows.keys()].filter(({ kind }) => kind === 'operators');
    expect(own.length).toBeGreaterThan(15);
    expect(own.filter(({ door }) => !isPlatformPermission(door?.permission)).map(nameOf)).toEqual([]);
  });

  it('admits nobody without a credential of operators, and is nowhere but at their host', () => {
    const isShut = (seen: string): boolean => seen === '401 access.unauthenticated';
    expect(wrong((row) => isShut(row.anonymous) && isShut(row['owner of a tenant']) && row['tenant host'] === '404 route.unknown')).toEqual(
      [],
    );
  });

  it('refuses a role what it does not have, and refuses it nothing that it has', () => {
    const isRight = (row: Row, permission: PlatformPermission): boolean =>
      OPERATOR_ROLES.every((role) => (row[role] === '403 operators.denied') === !mayOperate([role], permission));
    expect(wrong(isRight)).toEqual([]);
    expect(wrong((row) => row['operators’ token'] !== '403 operators.denied')).toEqual([]);
  });

  it('takes the reason of every act that is about somebody else', () => {
    const schemas = new JsonSchemas();
    const silent = [...rows.keys()].filter((route) => {
      const { method, kind, door, parameters } = route;
      const isOwn = isPlatformPermission(door?.permission) && door.permission.name === 'platform.self:manage';
      if (kind !== 'operators' || isOwn || isSafeMethod(method.toUpperCase()) || NO_REASON_ASKED.has(nameOf(route))) return false;
      const body = parameters.find((parameter) => parameter.in === 'body');
      return !body || !JSON.stringify([schemas.input(body.schema), schemas.components]).includes('"reason"');
    });
    expect(silent.map(nameOf)).toEqual([]);
  });

  it('fails for nobody', () => {
    const failed = [...rows].filter(([, row]) => CALLERS.some((caller) => /^5(?!03)/.test(row[caller])));
    expect(failed.map(([route, row]) => [nameOf(route), row])).toEqual([]);
  });

  it('answers as agreed; UPDATE_GOLDENS=1 agrees to other answers', () => {
    const lines = [...rows].map(([{ method, path }, row]) => [`${method.toUpperCase()} ${path}`, ...CALLERS.map((caller) => row[caller])]);
    const head = ['route', ...CALLERS];
    const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(GOLDEN, table);
    expect(table).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});
