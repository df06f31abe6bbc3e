import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import type { Configuration } from '@mikro-orm/core';
import type { MigrationPhase, StepMigration } from '#adapters/postgres/step-migration.js';

/** One migration as the statements it sends, and what it says of itself (StepMigration). */
export interface MigrationStep {
  readonly name: string;
  readonly statements: readonly string[];
  readonly phase: MigrationPhase;
  readonly isBreaking: boolean;
  readonly isTransactional: boolean;
  readonly isLong: boolean;
  readonly isPerTenant: boolean;
}

type MigrationClass = new (driver: AbstractSqlDriver, config: Configuration) => StepMigration;

/**
 * A line of migrations: the files `NNNN-what` of a folder, in order, authored as MikroORM migrations and taken as SQL, so that the same
 * statements can be sent to thousands of places without a client for each.
 */
export async function readMigrationLine(folder: string, orm: { driver: unknown; config: Configuration }): Promise<MigrationStep[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}-[a-z0-9-]+\.(ts|js)$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(join(folder, file)).href)) as Record<string, MigrationClass>;
      const [Step, ...others] = Object.values(module);
      if (!Step || others.length > 0) throw new TypeError(`${file} exports one migration`);
      const migration = new Step(orm.driver as AbstractSqlDriver, orm.config);
      await migration.up();
      const { phase, isBreaking, isLong, isPerTenant } = migration;
      return {
        name: file.replace(/\.(ts|js)$/, ''),
        statements: migration.getQueries().map(String),
        ...{ phase, isBreaking, isTransactional: migration.isTransactional(), isLong, isPerTenant },
      };
    }),
  );
}
