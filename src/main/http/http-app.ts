import 'reflect-metadata';
import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyHttpOptions } from 'fastify';
import { OperatorIdentities } from '#control/operators/auth/operator-identities.js';
import { AccessTokens } from '#kernel/resolution/access-token.js';
import { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import { HostGrammar } from '#kernel/resolution/host-grammar.js';
import { TenantResolver } from '#kernel/resolution/tenant-resolver.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import type { Platform } from '#main/platform.js';
import { ApiModule } from '#main/api.module.js';
import { logAccess } from '#main/http/access-log.js';
import { answerConditionally } from '#main/http/conditional-get.js';
import { cutRequestsOfClosedTenants } from '#main/http/closed-tenant-cut.js';
import { CsrfCheck } from '#main/http/csrf-check.js';
import { ForeignCredentialRecord } from '#main/http/foreign-credential-record.js';
import { HttpMetrics } from '#main/http/http-metrics.js';
import { readJsonBodies } from '#main/http/json-body.js';
import { NestLog } from '#main/http/nest-log.js';
import { OperatorGate } from '#main/http/operator-gate.js';
import { OperatorToken } from '#main/http/operator-token.js';
import { refuseOtherMethods } from '#main/http/other-methods.js';
import { ProblemAdapter } from '#main/http/problem-adapter.js';
import { ProblemLog } from '#main/http/problem-log.js';
import { RateLimit } from '#main/http/rate-limit.js';
import { RequestGate } from '#main/http/request-gate.js';
import { leaveRawBodies } from '#main/http/raw-body.js';
import { Readiness } from '#main/http/readiness.js';
import { requestIdOf } from '#main/http/request-id.js';
import { declareRequestState } from '#main/http/request-state.js';
import { SECURITY_HEADERS, TRANSPORT_HEADERS } from '#main/http/security-headers.js';
import { requireHandlers } from '#main/require-handlers.js';
import { TrustedProxies } from '#main/http/trusted-proxies.js';

const OPTIONS: FastifyHttpOptions<Server> = {
  bodyLimit: 1_048_576,
  requestTimeout: 30_000,
  connectionTimeout: 0,
  keepAliveTimeout: 72_000,
  forceCloseConnections: 'idle',
  requestIdHeader: false,
  logger: false,
  // A missing Host is answered by us, as a problem, and not by Node with an empty page.
  http: { maxHeaderSize: 16_384, requireHostHeader: false, headersTimeout: 15_000 },
  genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
};

/** The api as it is served, not yet listening. */
export async function createHttpApp(platform: Platform): Promise<NestFastifyApplication> {
  const { config, log, directory } = platform;
  const problems = new ProblemLog(log);
  const proxies = new TrustedProxies(config.TRUSTED_PROXIES);
  const adapter = new ProblemAdapter({ ...OPTIONS, trustProxy: (address) => proxies.include(address) }, problems);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and wants a literal
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.on(platform, problems), adapter, {
    bodyParser: false,
    logger: new NestLog(log),
    abortOnError: false,
  });
  const instance = adapter.getInstance();
  const resolver = new TenantResolver({
    directory,
    tokens: await AccessTokens.open(config.ACCESS_TOKEN_KEYS),
    servedRegions: config.SERVED_REGIONS,
    onAlert: (alert, details) => log.warn(details, alert),
  });
  const headers = { ...SECURITY_HEADERS, ...(config.NODE_ENV === 'production' && TRANSPORT_HEADERS) };
  instance.removeContentTypeParser('text/plain');
  readJsonBodies(instance);
  leaveRawBodies(instance);
  const refuseTheOthers = refuseOtherMethods(instance);
  declareRequestState(instance);
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id);
    done();
  });
  const readiness = app.get(Readiness);
  instance.addHook('onSend', (_request, reply, _body, done) => {
    // Or a caller that keeps its connection would keep a process that wants to end.
    if (readiness.isStopping) void reply.header('connection', 'close');
    done();
  });
  answerConditionally(instance);
  logAccess(instance, log, app.get(HttpMetrics));
  const csrf = new CsrfCheck(app.get(ForgeryGuard));
  new RequestGate({
    grammar: new HostGrammar(config.BASE_DOMAIN),
    resolver,
    operators: new OperatorGate({
      token: new OperatorToken(config.OPERATOR_TOKEN),
      identities: app.get(OperatorIdentities, { strict: false }),
      csrf,
    }),
    proxies,
    csrf,
    foreign: new ForeignCredentialRecord(app.get(AuditTrail), log),
  }).guard(instance);
  cutRequestsOfClosedTenants(instance, platform.closings);
  new RateLimit(platform).guard(instance);
  requireHandlers(app, platform.plugins);
  await app.init();
  refuseTheOthers();
  return app;
}
