import { DatabaseSchema, SchemaComparator, SqlSchemaGenerator, type DatabaseTable } from '@mikro-orm/sql';
import { COLUMNS_WITHOUT_PROPERTY, TABLES_WITHOUT_ENTITY } from './without-entity.js';

/**
 * MikroORM's difference between a home and the entities, of what entities are for: tables and columns. Keys, checks, indexes, policies, defaults
 * and triggers of a table that is there are the migrations' own (schema.sql keeps them), and entities do not say them again.
 */
export class HomeSchemaGenerator extends SqlSchemaGenerator {
  override async getUpdateSchemaMigrationSQL(): Promise<{ up: string; down: string }> {
    const wanted = this.getTargetSchema();
    const found = await DatabaseSchema.create(this.connection, this.platform, this.config, undefined, undefined, undefined, [
      ...TABLES_WITHOUT_ENTITY,
    ]);
    // Without the schema of the fence.
    found.setTables(found.getTables().filter(({ schema }) => schema === undefined || schema === this.platform.getDefaultSchemaName()));
    found.setNamespaces(new Set(wanted.getNamespaces()));
    for (const table of wanted.getTables()) {
      const same = found.getTable(table.name);
      if (same) borrow(table, same);
      else leadWithTenant(table);
    }
    const comparator = new SchemaComparator(this.platform);
    const up = comparator.compare(found, wanted);
    const down = comparator.compare(wanted, found, up);
    const options = { wrap: false, dropTables: true };
    return { up: this.diffToSQL(up, options), down: this.diffToSQL(down, options) };
  }
}

/** What the entity does not say is as it is. */
function borrow(table: DatabaseTable, there: DatabaseTable): void {
  const named = new Set(there.getIndexes().map(({ keyName }) => keyName));
  table.setIndexes([...there.getIndexes(), ...table.getIndexes().filter(({ keyName, primary }) => !primary && !named.has(keyName))]);
  table.setChecks([...there.getChecks(), ...table.getChecks()]);
  table.setForeignKeys({ ...table.getForeignKeys(), ...there.getForeignKeys() });
  table.setPolicies(there.getPolicies());
  table.setTriggers(there.getTriggers());
  table.rlsEnabled = there.rlsEnabled;
  table.rlsForced = there.rlsForced;
  for (const column of table.getColumns()) column.default ??= there.getColumn(column.name)?.default;
  for (const { column } of COLUMNS_WITHOUT_PROPERTY.filter((one) => one.table === table.name)) {
    const own = there.getColumn(column);
    if (own) table.addColumn(own);
  }
}

/** An entity is found by its id; its row, by its tenant first. */
function leadWithTenant(table: DatabaseTable): void {
  table.setIndexes(
    table
      .getIndexes()
      .map((index) =>
        index.primary ? { ...index, columnNames: ['tenant_id', ...index.columnNames.filter((name) => name !== 'tenant_id')] } : index,
      ),
  );
}
