import { pino } from 'pino';
import { CatalogUnavailableError } from '#catalog/catalog.errors.js';
import { WrongDatabaseError } from '#kernel/isolation/isolation.errors.js';
import { TenantMovingError, TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';
import { problemOf } from '#main/http/problem.js';
import { ProblemLog } from '#main/http/problem-log.js';

const place = { path: '/api/tickets', requestId: 'request-1' };

/** An error as the database's client makes it, full of values; on lines of their own they look like frames. */
function databaseError(code: string): Error {
  const error = new Error('duplicate hunter2\n    at hunter2 (hunter2:1:1)');
  return Object.assign(error, {
    severity: 'ERROR',
    code,
    detail: 'Key (title)=(hunter2) exists.',
    where: 'hunter2',
    query: "insert into tickets values ('hunter2')",
    internalQuery: 'hunter2',
    constraint: 'tickets_title_key',
    table: 'tickets',
  });
}

describe('ProblemLog', () => {
  let lines: Record<string, any>[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- a line is read as it came
  let time: number;
  let problems: ProblemLog;

  beforeEach(() => {
    lines = [];
    time = 50;
    const log = pino(
      { base: null, formatters: { level: (level) => ({ level }) } },
      { write: (line: string) => lines.push(JSON.parse(line)) },
    );
    problems = new ProblemLog(log, () => time);
  });

  const note = (error: unknown, tenantId: string | null = 'id-of-acme'): void =>
    problems.note(problemOf(error, place), error, { tenantId, route: '/api/tickets', requestId: place.requestId });
  const everything = (): string => JSON.stringify(lines);

  it('says why a tenant is not available, and nothing of what the database said', () => {
    note(new TenantUnavailableError('SQLSTATE 53300', { cause: databaseError('53300') }));
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        code: 'tenant.unavailable',
        reason: 'SQLSTATE 53300',
        tenantId: 'id-of-acme',
        requestId: 'request-1',
        causes: [
          { name: 'TenantUnavailableError', code: 'tenant.unavailable' },
          { name: 'Error', code: '53300' },
        ],
      }),
    ]);
    expect(everything()).not.toContain('hunter2');
  });

  it('says it once for each code and tenant in a second', () => {
    const refuse = (): void => {
      for (const tenantId of ['id-of-acme', 'id-of-globex']) note(new TenantUnavailableError('deadline'), tenantId);
      note(new TenantMovingError());
      note(new CatalogUnavailableError(databaseError('57P01')), null);
    };
    refuse();
    refuse();
    expect(lines.map(({ code, tenantId }) => [code, tenantId])).toEqual([
      ['tenant.unavailable', 'id-of-acme'],
      ['tenant.unavailable', 'id-of-globex'],
      ['tenant.moving', 'id-of-acme'],
      ['catalog.unavailable', null],
    ]);
    time += 1_000;
    refuse();
    expect(lines).toHaveLength(8);
  });

  it('raises the alarm every time a database is another tenant’s', () => {
    const wrong = new WrongDatabaseError('id-of-acme', 'id-of-globex');
    for (let time = 0; time < 3; time += 1) note(new TenantUnavailableError(wrong.code, { cause: wrong }));
    const alarms = lines.filter(({ level }) => level === 'error');
    expect(alarms).toHaveLength(3);
    expect(alarms[0]).toMatchObject({ alert: 'isolation.wrong-database', expected: 'id-of-acme', answered: 'id-of-globex' });
  });

  it('keeps of an internal error what finds it, and no value of a row', () => {
    const wrapped = Object.assign(new Error("insert 'hunter2' - duplicate", { cause: databaseError('23505') }), databaseError('23505'));
    note(new Error('while saving hunter2', { cause: wrapped }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'error',
      requestId: 'request-1',
      error: [
        { name: 'Error', stack: expect.arrayContaining([expect.stringMatching(/^at .*problem-log\.spec/)]) },
        { name: 'Error', code: '23505', constraint: 'tickets_title_key', table: 'tickets' },
        { code: '23505' },
      ],
    });
    expect(everything()).not.toContain('hunter2');
  });

  it('keeps the words of an internal error that no database said', () => {
    note(new TypeError('x is not a function'));
    expect(lines[0]?.['error']).toEqual([
      { name: 'TypeError', message: 'x is not a function', stack: expect.arrayContaining([expect.stringMatching(/^at /)]) },
    ]);
  });

  it('leaves a trace when only the database refused a value', () => {
    note(databaseError('22P02'));
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', code: 'validation.failed', causes: [{ name: 'Error', code: '22P02' }] }),
    ]);
  });

  it('has nothing to say of what the caller was told in full', () => {
    note(Object.assign(new SyntaxError('Unexpected token'), { statusCode: 400 }));
    expect(lines).toEqual([]);
  });
});
