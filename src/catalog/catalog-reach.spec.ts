import { runInNewContext } from 'node:vm';
import { CatalogUnavailableError } from '#catalog/catalog.errors.js';
import { reachedCatalog } from '#catalog/catalog-reach.js';
import { StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';

const answered = (code: string): Error => Object.assign(new Error('x'), { severity: 'ERROR', code });

describe('work on the catalog', () => {
  it.each<[string, unknown]>([
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a refused connection that another realm tells of', runInNewContext(`Object.assign(new Error('connect'), { code: 'ECONNRESET' })`)],
    ['a full pool', new Error('timeout exceeded when trying to connect')],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['a server that is being stopped', answered('57P01')],
    ['a statement that took too long', new StatementDeadlineError(1)],
    ['any of them wrapped', new Error('wrapped', { cause: answered('08006') })],
  ])('is unavailable for %s', async (_what, error) => {
    await expect(reachedCatalog(Promise.reject(error as Error))).rejects.toBeInstanceOf(CatalogUnavailableError);
  });

  it.each<[string, unknown]>([
    ['what a statement answers', answered('23505')],
    ['a fault of ours', new TypeError('x is not a function')],
  ])('leaves %s as it is', async (_what, error) => {
    await expect(reachedCatalog(Promise.reject(error as Error))).rejects.toBe(error);
  });

  it('gives what the work gives', async () => {
    expect(await reachedCatalog(Promise.resolve(7))).toBe(7);
  });
});
