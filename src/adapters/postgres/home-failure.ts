import pg from 'pg';
import { HomeMissingError } from '#adapters/postgres/home-migrations.js';
import { NoSessionError } from '#adapters/postgres/lane-session.js';
import { failureText } from '#kernel/jobs/job-failure.js';

/** SQLSTATEs whose sentence may tell a tenant's data (22: a value, 23: a row) or how a server is reached (28: a login, an address). */
const TELLING = /^(22|23|28)/;
const ENDED = '57014';

/** What is told of a home that failed, to whoever may see a run: never a value of its rows, nor how its server is reached. */
export function homeFailure(error: unknown): string {
  if (error instanceof NoSessionError) return homeFailure(error.cause);
  if (error instanceof HomeMissingError) return error.message;
  if (!(error instanceof pg.DatabaseError)) return failureText(error);
  const { code = '', table, column, constraint } = error;
  if (code === ENDED) return `${failureText(error)} (${code}): a step that takes more than a minute has to say isLong`;
  if (!TELLING.test(code)) return `${failureText(error)} (${code})`;
  const named = Object.entries({ table, column, constraint }).flatMap(([kind, name]) => (name === undefined ? [] : [`${kind} ${name}`]));
  return `${error.name}: what the database says of it may tell data (${[code, ...named].join(', ')})`;
}
