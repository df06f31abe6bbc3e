import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '#main/http/http-app.js';
import { openApiDocument } from '#main/http/openapi-document.js';
import { PROBLEM_STATUSES } from '#main/http/problem-statuses.js';
import { type DeclaredRoute, RouteList } from '#main/http/route-list.js';
import { TestPlatform } from '#testing/test-platform.js';

const GOLDEN = join(import.meta.dirname, 'openapi.golden.json');

describe('the description of the API', () => {
  let routes: DeclaredRoute[];

  let test: TestPlatform;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    test = await TestPlatform.open();
    app = await createHttpApp(test.platform);
    routes = app.get(RouteList).read();
  });
  afterAll(async () => {
    await app.close();
    await test.close();
  });

  it('is the one that was agreed; UPDATE_GOLDENS=1 agrees to another', () => {
    const document = openApiDocument(routes);
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(GOLDEN, `${JSON.stringify(document, null, 2)}\n`);
    expect(document).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
  });

  it('says of every route what it is for and answers', () => {
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['get /api/tickets', 'patch /api/tickets/:id', 'get /health/ready']),
    );
    for (const { name, door } of routes) expect({ name, summary: door?.summary }).toEqual({ name, summary: expect.any(String) });
  });

  it('names no refusal that has no status', () => {
    for (const code of routes.flatMap(({ door }) => door?.refuses ?? [])) expect([code, PROBLEM_STATUSES.has(code)]).toEqual([code, true]);
  });

  it('refers to nothing that is not in it', () => {
    const document = openApiDocument(routes);
    const components = document['components'] as Record<string, Record<string, unknown>>;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, kind = '', name = ''] of references) expect(components[kind]).toHaveProperty(name);
    expect(JSON.stringify(document)).not.toContain('$defs');
  });
});
