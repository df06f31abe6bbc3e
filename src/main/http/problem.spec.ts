import { runInNewContext } from 'node:vm';
import { OptimisticLockError } from '@mikro-orm/core';
import { StaleVersionError } from '#kernel/plugin/precondition.errors.js';
import { SessionCommandRefusedError, StatementDeadlineError, WrongDatabaseError } from '#kernel/isolation/isolation.errors.js';
import { UnauthenticatedError } from '#kernel/resolution/access.errors.js';
import { CrossTenantWriteError } from '#kernel/tenancy/tenancy.errors.js';
import { TenantMisdirectedError, TenantMovingError, TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';
import { ValidationFailedError } from '#main/http/http.errors.js';
import { problemOf } from '#main/http/problem.js';
import { PROBLEM_STATUSES } from '#main/http/problem-statuses.js';

const place = { path: '/api/tickets', requestId: 'request-1' };
const bodyOf = (error: unknown): Record<string, unknown> => JSON.parse(problemOf(error, place).body) as Record<string, unknown>;

describe('problemOf', () => {
  it('says what the fact says, with its status', () => {
    const problem = problemOf(new TenantMovingError(), place);
    expect(problem).toMatchObject({
      status: 503,
      code: 'tenant.moving',
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(problem.body)).toEqual({
      type: 'urn:tenantry:problem:tenant.moving',
      title: 'Being moved',
      status: 503,
      detail: 'This tenant is being moved; try again in a moment.',
      instance: '/api/tickets',
      code: 'tenant.moving',
      requestId: 'request-1',
    });
  });

  it('adds what belongs to a fact', () => {
    expect(bodyOf(new TenantMisdirectedError('us-east'))).toMatchObject({ region: 'us-east' });
    expect(bodyOf(new ValidationFailedError([{ pointer: '/a', detail: 'b' }]))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/a', detail: 'b' }],
    });
    expect(problemOf(new UnauthenticatedError(), place).headers['www-authenticate']).toMatch(/^Bearer/);
    expect(problemOf(new StaleVersionError(7), place).headers['etag']).toBe('"7"');
  });

  it('finds a fact that a library wrapped, and repeats nothing of the wrapper', () => {
    const fact = new TenantUnavailableError('connection lost');
    const wrapped = Object.assign(new Error('insert into tickets (secret) - lost', { cause: fact }), { code: fact.code });
    expect(bodyOf(wrapped)).toMatchObject({ status: 503, code: 'tenant.unavailable', detail: fact.message });
    const copied = Object.assign(new Error('insert into tickets (secret) - lost'), { code: fact.code });
    expect(problemOf(copied, place)).toMatchObject({ status: 503, code: 'tenant.unavailable' });
    for (const error of [wrapped, copied]) expect(problemOf(error, place).body).not.toContain('secret');
  });

  it.each<[string, unknown]>([
    ['cannot be reached', runInNewContext(`Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })`)],
    [
      'cannot be reached by the ORM',
      new Error('select secret', { cause: Object.assign(new Error('x'), { severity: 'FATAL', code: '57P01' }) }),
    ],
    ['does not answer', new StatementDeadlineError(1)],
  ])('says that the catalog is away when it %s, without the statement', (_what, error) => {
    const problem = problemOf(error, place);
    expect(problem).toMatchObject({ status: 503, code: 'catalog.unavailable', headers: { 'retry-after': '5' } });
    expect(problem.body).not.toContain('secret');
    // What was said of a tenant's database stays so.
    const theirs = new TenantUnavailableError('Connection terminated', { cause: error });
    expect(problemOf(theirs, place)).toMatchObject({ code: 'tenant.unavailable' });
  });

  it('reads a lost update of the ORM as a stale version', () => {
    expect(problemOf(new OptimisticLockError('changed'), place)).toMatchObject({ status: 412, code: 'precondition.failed' });
  });

  it.each([
    new Error('password=hunter2'),
    new CrossTenantWriteError('Ticket', 'id-of-acme', 'id-of-globex'),
    new SessionCommandRefusedError('SET'),
    new WrongDatabaseError('acme', 'globex'),
    Object.assign(new Error('select 1'), { code: '42P01' }),
    Object.assign(new Error('x'), { code: 'constructor.prototype' }),
    'thrown text',
    undefined,
    null,
  ])('says nothing of %s', (error) => {
    expect(problemOf(error, place)).toMatchObject({ status: 500, code: 'internal' });
    expect(bodyOf(error)).toMatchObject({ detail: 'Internal error', title: 'Internal error' });
    expect(problemOf(error, place).body).not.toMatch(/hunter2|acme|globex|select|thrown/);
  });

  it('reads a value that only the database refused as one that is not acceptable, and does not repeat it', () => {
    const refused = Object.assign(new Error('invalid input syntax for type uuid: "hunter2"'), { severity: 'ERROR', code: '22P02' });
    const wrapped = Object.assign(new Error("select 'hunter2'", { cause: refused }), { severity: 'ERROR', code: '22P02' });
    for (const error of [refused, wrapped]) {
      expect(bodyOf(error)).toMatchObject({ status: 422, code: 'validation.failed', errors: [] });
      expect(problemOf(error, place).body).not.toContain('hunter2');
    }
  });

  it('is not led round in a circle by causes', () => {
    const error = new Error('a');
    error.cause = error;
    expect(problemOf(error, place).code).toBe('internal');
  });

  it('has a status of refusal for every code', () => {
    for (const [code, { status }] of PROBLEM_STATUSES) {
      expect(code).toMatch(/^(internal|[a-z]+\.[a-z-]+)$/);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  it('says when to ask again for every code of 503, and else only where the work of another is in the way', () => {
    const told = [...PROBLEM_STATUSES].filter(([, { retryAfter }]) => retryAfter !== undefined);
    const away = [...PROBLEM_STATUSES].filter(([, { status }]) => status === 503);
    expect(told).toEqual(expect.arrayContaining(away));
    for (const [code, { status }] of told) expect([code, [409, 503].includes(status)]).toEqual([code, true]);
  });
});
