import { runInNewContext } from 'node:vm';
import { isOutOfReach } from '#catalog/catalog-reach.js';
import { StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';

const answered = (code: string): Error => Object.assign(new Error('x'), { severity: 'ERROR', code });

describe('a catalog', () => {
  it.each<[string, unknown]>([
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a refused connection that another realm tells of', runInNewContext(`Object.assign(new Error('connect'), { code: 'ECONNRESET' })`)],
    ['a full pool', new Error('timeout exceeded when trying to connect')],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['a server that is being stopped', answered('57P01')],
    ['a statement that took too long', new StatementDeadlineError(1)],
  ])('is out of reach by %s', (_what, error) => {
    expect(isOutOfReach(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['what a statement answers', answered('23505')],
    ['a fault of ours', new TypeError('x is not a function')],
    ['nothing', undefined],
  ])('is not by %s', (_what, error) => {
    expect(isOutOfReach(error)).toBe(false);
  });
});
