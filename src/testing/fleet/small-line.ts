import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { step } from '#testing/fleet/migration-step.js';

/** A line of one table, so that hundreds of homes are made in a second. */
export const SMALL_LINE: readonly MigrationStep[] = [
  step('0001-notes', [
    'create table note (tenant_id uuid not null, id uuid not null, text text not null, primary key (tenant_id, id))',
    `select tenancy.protect('note')`,
  ]),
];

/** The same with one step more. */
export const NEXT_LINE: readonly MigrationStep[] = [
  ...SMALL_LINE,
  step('0002-colours', ['alter table note add column colour text', 'create index note_colour on note (tenant_id, colour)']),
];

/** The same, slow enough to be killed on the way; an index has no name, so that whoever builds it once more leaves two. */
export const SLOW_LINE: readonly MigrationStep[] = [
  ...SMALL_LINE,
  step('0002-colours', [
    'alter table note add column if not exists colour text',
    'select pg_sleep(0.02)',
    'create index on note (tenant_id, colour)',
  ]),
  step('0003-shades', ['create index concurrently note_shade on note (tenant_id, colour, text)'], { isTransactional: false }),
];
