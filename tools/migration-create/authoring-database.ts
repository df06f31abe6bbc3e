import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { projectFolder } from '#main/project-folder.js';

/** MikroORM leaves this name out of what it writes. */
const HOME = 'public';

/** Runs `work` with the URL of a database that has one home at the end of the line, whose tables need no schema before them. It is gone afterwards. */
export async function withAuthoringDatabase<T>(
  provisionUrl: string,
  line: readonly MigrationStep[],
  work: (url: string) => Promise<T>,
): Promise<T> {
  const name = `tenantry_author_${randomBytes(6).toString('hex')}`;
  const url = atDatabase(provisionUrl, name);
  return withSession(provisionUrl, async (server) => {
    await server.query(`create database ${identifier(name)} template template0`);
    try {
      await withSession(url, async (session) => {
        await session.query(await readFile(join(projectFolder(), 'provisioning', 'tenancy.sql'), 'utf8'));
        await session.query(`drop schema ${HOME}`);
        await session.query(`grant create on database ${identifier(name)} to tenantry_owner`);
        await new HomeMigrations(line).apply(session, HOME);
      });
      return await work(url);
    } finally {
      await server.query(`drop database ${identifier(name)} with (force)`);
    }
  });
}
