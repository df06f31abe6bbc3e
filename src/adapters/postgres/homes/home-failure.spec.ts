import pg from 'pg';
import { step } from '#testing/fleet/migration-step.js';
import { VersionUnknownError } from '#control/fleet/fleet.errors.js';
import { homeFailure, isPassing } from './home-failure.js';
import { HomeMissingError } from './home-migrations.js';
import { HomeIsBusyError } from './home-turn.js';
import { NoSessionError } from './lane-session.js';
import { sendStatement } from './step-sending.js';

function answered(code: string, message = 'x'): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, 1, 'error'), { code, severity: 'ERROR' });
}

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('what made a home fail', () => {
  it.each([
    ['a lock', answered('55P03')],
    ['a deadlock', answered('40P01')],
    ['a server that ends', answered('57P01')],
    ['too many connections', answered('53300')],
    ["another migration's turn", new HomeIsBusyError('t_x')],
    ['nobody at the address', withCode('ECONNREFUSED')],
    ['a connection that is gone', new Error('Connection terminated unexpectedly')],
    ['a connection that was given up', new Error('Client has encountered a connection error and is not queryable')],
    ['a login that takes too long', new Error('timeout expired')],
    ['an answer that does not come', new Error('Query read timeout')],
    ['a database that is away', new NoSessionError(withCode('ECONNRESET'))],
  ])('passes: %s', (_, error) => {
    expect(isPassing(error)).toBe(true);
  });

  it.each([
    ['a statement', answered('42P07')],
    ['its minute', answered('57014')],
    ['a home that is not there', new HomeMissingError('t_x')],
    ['a mistake of ours', new TypeError('undefined is not a function')],
    ['another mistake of ours', new RangeError('Invalid array length')],
    ['what another build knows', new VersionUnknownError('0099-later')],
    ['no error at all', 'x'],
    ['a login that is refused', new NoSessionError(answered('28P01'))],
  ])('does not pass: %s', (_, error) => {
    expect(isPassing(error)).toBe(false);
  });

  it('is told with the step that made it', async () => {
    const migrator = { query: () => Promise.reject(answered('42P07', 'relation "x" already exists')) } as unknown as pg.Client;
    const failure = await sendStatement(migrator, step('0012-x', []), 'create table x ()').catch((error: unknown) => error);
    expect(homeFailure(failure)).toMatch(/already exists \(42P07\) in 0012-x$/);
    expect(isPassing(failure)).toBe(false);
  });

  it('is told without a value of its rows, or how its server is reached', () => {
    const telling = Object.assign(answered('23505', 'Key (email)=(ann@acme.test) already exists.'), {
      table: 'member',
      constraint: 'member_email',
    });
    expect(homeFailure(telling)).toBe('error: what the database says of it may tell data (23505, table member, constraint member_email)');
    expect(homeFailure(new NoSessionError(answered('28P01', 'password authentication failed for user "tenantry_migrator"')))).not.toContain(
      'migrator',
    );
    expect(homeFailure(answered('42P07', 'relation "x" already exists'))).toContain('already exists');
  });
});
