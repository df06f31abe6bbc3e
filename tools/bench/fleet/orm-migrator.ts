import { Migration, Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { atDatabase } from '#adapters/postgres/session.js';
import type { Home } from '#catalog/fleet/home-ledger.js';

/** The ORM's own migrator, one home after the other, as its documentation shows it: an ORM a home. */
export async function ormMigrator(migratorUrl: string, homes: readonly Home[], { name, statements }: MigrationStep): Promise<void> {
  class Step extends Migration {
    override up(): void {
      for (const statement of statements) this.addSql(statement);
    }
  }
  for (const { database, home } of homes) {
    const orm = await MikroORM.init({
      ...{ clientUrl: atDatabase(migratorUrl, database), schema: home, entities: [], discovery: { warnWhenNoEntities: false } },
      logger: () => undefined,
      ...{ extensions: [Migrator], pool: { min: 1, max: 1 } },
      migrations: { migrationsList: [{ name, class: Step }], snapshot: false, tableName: `orm_migrations_${name.slice(0, 4)}` },
    });
    await orm.migrator.up({ schema: home });
    await orm.close(true);
  }
}
