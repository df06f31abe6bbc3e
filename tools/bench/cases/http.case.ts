import { SignJWT, importJWK } from 'jose';
import { ACCESS_TOKENS } from '#kernel/resolution/access-token.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { HttpServer, LoadGenerator } from '#tools/bench/http/http-peers.js';
import { printTable, short } from '#tools/bench/print-table.js';
import { median, quantile } from '#tools/bench/statistics.js';

const SLICE_MS = 400;
const WARM_UP_MS = 2_500;

interface Route {
  readonly name: string;
  readonly server: HttpServer;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly tenant: string;
}

/** Processor time of a request that does nothing, from bare Nest to the open context of a tenant. Requests per second are not judged. */
export const httpCase: BenchCase = {
  name: 'http',
  run: async (world) => {
    const [product, bare] = await Promise.all([HttpServer.start('product'), HttpServer.start('bare')]);
    const load = new LoadGenerator();
    try {
      const routes = await routesOf(world, product, bare);
      for (const route of routes) await load.run(orderOf(route, WARM_UP_MS));
      const micros = routes.map((): number[] => []);
      for (let cycle = 0; cycle < world.options.cycles; cycle += 1) {
        for (const [index, route] of routes.entries()) {
          const before = route.server.micros;
          const requests = await load.run(orderOf(route, SLICE_MS));
          micros[index]?.push((route.server.micros - before) / requests);
        }
      }
      record(world, routes, micros);
    } finally {
      load.stop();
      product.stop();
      bare.stop();
    }
  },
};

async function routesOf({ test, tenants }: BenchWorld, product: HttpServer, bare: HttpServer): Promise<Route[]> {
  const tenant = tenants.of('row')[0] as Tenant;
  const host = `${tenant.slug}.${test.platform.config.BASE_DOMAIN}`;
  const key = { host, authorization: `Bearer ${await test.apiKey(tenant)}` };
  const token = { host, authorization: `Bearer ${await accessToken(test.platform.config.ACCESS_TOKEN_KEYS.keys[0] ?? {}, tenant)}` };
  const tenanted = { server: product, tenant: tenant.id };
  return [
    { name: 'bare Nest on Fastify', server: bare, path: '/api/bench/nobody', headers: key, tenant: 'nobody' },
    { name: 'ours, for nobody', server: product, path: '/api/bench/nobody', headers: key, tenant: 'nobody' },
    { name: 'ours, resolved by key', path: '/api/bench/scope', headers: key, ...tenanted },
    { name: 'ours, context opened, by key', path: '/api/bench/context', headers: key, ...tenanted },
    { name: 'ours, context opened, by token', path: '/api/bench/context', headers: token, ...tenanted },
  ];
}

async function accessToken(jwk: Record<string, unknown>, { id }: Tenant): Promise<string> {
  const { algorithm, type, issuer, audience } = ACCESS_TOKENS;
  return new SignJWT({ tid: id })
    .setProtectedHeader({ alg: algorithm, typ: type, kid: String(jwk['kid']) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('bench')
    .setNotBefore('-1s')
    .setExpirationTime('1h')
    .sign(await importJWK(jwk, algorithm));
}

function orderOf({ server: { port }, path, headers, tenant }: Route, ms: number): Parameters<LoadGenerator['run']>[0] {
  return { port, path, headers, ms, expected: JSON.stringify({ tenant }) };
}

function record({ book }: BenchWorld, routes: readonly Route[], micros: readonly number[][]): void {
  const [bare = NaN, nobody = NaN] = micros.map(median);
  const rows = routes.map(({ name }, index) => {
    const slices = micros[index] ?? [];
    const value = median(slices);
    const spread = { low: quantile(slices, 0.25), high: quantile(slices, 0.75) };
    const details = { overBare: value - bare, overNobody: value - nobody };
    book.add({
      name: `http/${name}`,
      unit: 'us cpu a request',
      value,
      baseline: bare,
      ratio: value / bare,
      runs: slices.length,
      spread,
      details,
    });
    return [
      name,
      short(value),
      `${short(spread.low)}-${short(spread.high)}`,
      short(details.overBare),
      index > 1 ? short(details.overNobody) : '',
    ];
  });
  printTable('http: processor time of the server for one request', ['route', 'us', 'quartiles', 'over bare', 'over nobody'], rows);
}
