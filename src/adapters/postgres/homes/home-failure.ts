import pg from 'pg';
import { HomeMissingError } from '#adapters/postgres/homes/home-migrations.js';
import { HomeIsBusyError } from '#adapters/postgres/homes/home-turn.js';
import { NoSessionError } from '#adapters/postgres/homes/lane-session.js';
import { stepOf } from '#adapters/postgres/homes/step-sending.js';
import { isOutOfReach } from '#catalog/catalog-reach.js';
import { sqlStateOf } from '#kernel/isolation/isolation.errors.js';
import { failureText } from '#kernel/jobs/job-failure.js';

/** SQLSTATEs whose sentence may tell a tenant's data (22: a value, 23: a row) or how a server is reached (28: a login, an address). */
const TELLING = /^(22|23|28)/;
const ENDED = '57014';
/** SQLSTATEs of what goes away by itself: locks, deadlocks, time in a transaction, the server's own state, a lost connection. */
const PASSING = /^(55P03|40P01|40001|25P04|25P03)$|^(08|53|57P|58)/;

/** What is told of a home that failed, and in which step, to whoever may see a run: never a value of its rows, nor how its server is reached. */
export function homeFailure(error: unknown): string {
  const step = stepOf(error);
  return `${reasonOf(error)}${step === undefined ? '' : ` in ${step}`}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof NoSessionError) return reasonOf(error.cause);
  if (error instanceof HomeMissingError) return error.message;
  if (!(error instanceof pg.DatabaseError)) return failureText(error);
  const { code = '', table, column, constraint } = error;
  if (code === ENDED) return `${failureText(error)} (${code}): when its minute was up, the step has to say isLong`;
  if (!TELLING.test(code)) return `${failureText(error)} (${code})`;
  const named = Object.entries({ table, column, constraint }).flatMap(([kind, name]) => (name === undefined ? [] : [`${kind} ${name}`]));
  return `${error.name}: what the database says of it may tell data (${[code, ...named].join(', ')})`;
}

/** Whether what raised this may succeed when it is tried again later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoSessionError) return isPassing(error.cause);
  if (error instanceof HomeIsBusyError) return true;
  const state = sqlStateOf(error);
  return state === undefined ? isOutOfReach(error) : PASSING.test(state);
}
