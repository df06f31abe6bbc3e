import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type EntityClass } from '@mikro-orm/postgresql';
import { readMigrationLine, type MigrationStep } from '#adapters/postgres/migration-line.js';
import { lintLine, type LintFinding } from '#tools/migration-lint/lint-line.js';
import { HomeSchemaGenerator } from './home-schema-generator.js';
import { StepGenerator } from './step-generator.js';

export interface Written {
  readonly file: string;
  readonly code: string;
  /** What the lint refuses of it. */
  readonly refused: readonly LintFinding[];
}

/** Writes migrations from what entities have and a home has not. */
export class Author {
  constructor(
    /** A database whose one home is at the end of the line. */
    private readonly url: string,
    private readonly line: readonly MigrationStep[],
    private readonly entities: readonly EntityClass<unknown>[],
  ) {}

  /** The statements that would bring a home to the entities; none when they agree. */
  difference(): Promise<string[]> {
    return this.#open('', async (orm) => {
      const { up } = await orm.schema.getUpdateSchemaMigrationSQL();
      return up
        .split(/;\n+/)
        .map((sql) => sql.trim())
        .filter(Boolean);
    });
  }

  /** The next migration of the folder, named after `what` (lower case with hyphens); null when there is nothing to write. */
  async write(folder: string, what: string): Promise<Written | null> {
    const name = `${await nextNumber(folder)}-${what}`;
    return this.#open(folder, async (orm) => {
      const { fileName, code } = await orm.migrator.create(folder, false, false, name);
      if (!fileName) return null;
      const written = await readMigrationLine(folder, { driver: orm.driver, config: orm.config });
      const findings = await lintLine('tenant', [...this.line, ...written.filter((step) => step.name === name)]);
      return { file: join(folder, fileName), code, refused: findings.filter(({ migration }) => migration === name) };
    });
  }

  async #open<T>(folder: string, work: (orm: MikroORM) => Promise<T>): Promise<T> {
    const orm = new MikroORM({
      clientUrl: this.url,
      entities: [...this.entities],
      extensions: [Migrator],
      migrations: {
        path: folder,
        pathTs: folder,
        emit: 'ts',
        snapshot: false,
        fileName: (_, name) => name ?? '',
        generator: StepGenerator,
      },
    });
    orm.config.registerExtension('@mikro-orm/schema-generator', () => new HomeSchemaGenerator(orm.em));
    try {
      await orm.connect();
      return await work(orm);
    } finally {
      await orm.close();
    }
  }
}

async function nextNumber(folder: string): Promise<string> {
  const numbers = (await readdir(folder)).map((file) => Number(/^(\d{4})-/.exec(file)?.[1] ?? 0));
  return String(Math.max(0, ...numbers) + 1).padStart(4, '0');
}
