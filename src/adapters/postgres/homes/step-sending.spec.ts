import { inOneTransaction } from '#adapters/postgres/homes/step-sending.js';
import { step } from '#testing/fleet/migration-step.js';

describe('a step outside a transaction, sent in one', () => {
  it.each([
    ['create index concurrently if not exists a on b (c)', 'create index  if not exists a on b (c)'],
    ['CREATE INDEX CONCURRENTLY "built concurrently" ON b (c)', 'CREATE INDEX  "built concurrently" ON b (c)'],
    [`create index concurrently a on b (c) where d <> 'it''s concurrently'`, `create index  a on b (c) where d <> 'it''s concurrently'`],
    ['do $x$ begin raise notice $$concurrently$$; end $x$', 'do $x$ begin raise notice $$concurrently$$; end $x$'],
    ['alter table a detach partition b concurrently', 'alter table a detach partition b '],
  ])('loses the word that bears none, and nothing else: %s', (statement, sent) => {
    expect(inOneTransaction(step('0001-any', [statement], { isTransactional: false }))).toEqual([sent]);
    expect(inOneTransaction(step('0001-any', [statement]))).toEqual([statement]);
  });
});
