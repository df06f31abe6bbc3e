import { StatementRefusedError, refuseWhatLocksFirst } from '#kernel/isolation/statement-refusal.js';

describe('what is refused before it is sent', () => {
  it.each([
    'lock table tickets',
    '  \n\tLOCK tickets in share mode',
    'create rule r as on insert to tenancy.fence do instead nothing',
    'drop table tickets',
    'truncate tickets',
    'alter table tickets disable row level security',
    'comment on table tickets is null',
    '/* x */ lock table tickets',
    '-- x\nlock table tickets',
  ])('has %s', (text) => {
    expect(() => refuseWhatLocksFirst(text)).toThrow(StatementRefusedError);
  });

  it.each([
    'select 1',
    '(select 1)',
    'with a as (select 1) select * from a',
    `select 'lock table x'`,
    'insert into creates values (1)',
    'savepoint a',
    'commit',
  ])('has not %s', (text) => {
    expect(() => refuseWhatLocksFirst(text)).not.toThrow();
  });
});
