import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { HealthController } from '#main/http/health.controller.js';
import { MetricsController } from '#main/http/metrics.controller.js';
import { MetricsText } from '#main/http/metrics-text.js';
import { OpenApiController } from '#main/http/openapi.controller.js';
import { openApiDocument } from '#main/http/openapi-document.js';
import { PROBLEM_STATUSES } from '#main/http/problem-statuses.js';
import { Readiness } from '#main/http/readiness.js';
import { type DeclaredRoute, RouteList } from '#main/http/route-list.js';
import { plugins } from '#main/plugins.js';

const GOLDEN = join(import.meta.dirname, 'openapi.golden.json');

describe('the description of the API', () => {
  let routes: DeclaredRoute[];

  beforeAll(async () => {
    // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- a Nest module; its decorator is called below
    class Described {}
    const unused = [TenantContextFactory, MetricsText, Readiness].map((provide) => ({ provide, useValue: {} }));
    Module({
      imports: [DiscoveryModule, ...plugins.map((plugin) => plugin.module)],
      controllers: [HealthController, MetricsController, OpenApiController],
      providers: [RouteList, ...unused],
    })(Described);
    const app = await NestFactory.createApplicationContext(
      { module: Described, global: true, exports: unused.map(({ provide }) => provide) },
      { logger: false }, // eslint-disable-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and wants a literal
    );
    routes = app.get(RouteList).read();
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
    for (const code of routes.flatMap(({ door }) => door?.refuses ?? [])) expect(PROBLEM_STATUSES.has(code)).toBe(true);
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
