import { single, transaction, type AttackCase } from '#testing/attacks/attack-case.js';

const INSERT = 'insert into tickets (tenant_id, id, title, created_at, updated_at)';

/** A15, A27 and A29: learning of rows by errors and keys, and writing over them. */
export const ORACLE_CASES: readonly AttackCase[] = [
  single(
    'A15',
    'casts titles so that a foreign one would be in the error',
    `select * from tickets where (case when title like 'own%' then '1' else title end)::int = 1`,
    'own rows',
  ),
  single(
    'A15',
    'divides by zero on a foreign row',
    `select * from tickets where 1 / (case when title like 'own%' then 1 else 0 end) = 1`,
    'own rows',
  ),
  single(
    'A15',
    'reads foreign rows by an XML error',
    `select * from tickets where title like 'own%' or xmlparse(document title) is not null`,
    'own rows',
  ),
  single(
    'A15',
    'joins with a cheap leaky condition',
    `select t.* from tickets t where t.title ~ '^own' or t.title::xml is not null`,
    'own rows',
  ),
  single('A15', 'has the plan explained', 'explain (analyze, verbose, buffers) select * from tickets', 'done'),
  transaction('A27', 'inserts the victim’s key and ignores the conflict', [
    [
      ({ victim, victimTicket }) => `${INSERT} values ('${victim.id}', '${victimTicket}', 'x', now(), now()) on conflict do nothing`,
      '42501',
    ],
  ]),
  transaction('A27', 'updates the victim’s row on conflict', [
    [
      ({ victim, victimTicket }) =>
        `${INSERT} values ('${victim.id}', '${victimTicket}', 'x', now(), now()) on conflict (tenant_id, id) do update set title = 'x' returning *`,
      '42501',
    ],
  ]),
  transaction('A27', 'uses the victim’s id for a row of its own and meets no conflict', [
    [({ me, victimTicket }) => `${INSERT} values ('${me.id}', '${victimTicket}', 'x', now(), now()) returning title`, '1 rows'],
    ['rollback', 'done'],
  ]),
  transaction('A27', 'merges into the victim’s row', [
    [
      ({ victimTicket }) =>
        `merge into tickets t using (select '${victimTicket}'::uuid as id) s on t.id = s.id when matched then update set title = 'x' when not matched then do nothing returning t.*`,
      '0 rows',
    ],
  ]),
  transaction('A27', 'merges the victim’s row in', [
    [
      ({ victim, victimTicket }) =>
        `merge into tickets t using (select '${victimTicket}'::uuid as id) s on t.id = s.id when not matched then insert (tenant_id, id, title, created_at, updated_at) values ('${victim.id}', s.id, 'x', now(), now())`,
      '42501',
    ],
  ]),
  single(
    'A27',
    'deletes the victim’s row by its key',
    ({ victim, victimTicket }) => `delete from tickets where tenant_id = '${victim.id}' and id = '${victimTicket}' returning *`,
    '0 rows',
  ),
  single(
    'A27',
    'updates the victim’s row by its key',
    ({ victimTicket }) => ({ text: 'update tickets set title = $1 where id = $2 returning *', values: ['x', victimTicket] }),
    '0 rows',
  ),
  single('A27', 'locks the victim’s row', ({ victimTicket }) => `select * from tickets where id = '${victimTicket}' for update`, '0 rows'),
  single('A29', 'hands its rows to the victim', ({ victim }) => `update tickets set tenant_id = '${victim.id}'`, '42501'),
  single(
    'A29',
    'inserts a row for the victim',
    ({ victim }) => `${INSERT} values ('${victim.id}', gen_random_uuid(), 'x', now(), now())`,
    '42501',
  ),
  single(
    'A29',
    'copies its rows for the victim',
    ({ victim }) => `${INSERT} select '${victim.id}', gen_random_uuid(), title, now(), now() from tickets`,
    '42501',
  ),
];
