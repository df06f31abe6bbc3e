import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, p } from '@mikro-orm/core';
import type { EntityClass } from '@mikro-orm/postgresql';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { readMigrationLine } from '#adapters/postgres/migration-line.js';
import { withSession } from '#adapters/postgres/session.js';
import { tenantProperties } from '#kernel/model/tenant-properties.js';
import { plugins } from '#main/plugins.js';
import { projectFolder } from '#main/project-folder.js';
import { step } from '#testing/fleet/migration-step.js';
import { readLine } from '#tools/migration-lint/read-line.js';
import { Author } from './author.js';
import { withAuthoringDatabase } from './authoring-database.js';
import { COLUMNS_WITHOUT_PROPERTY, TABLES_WITHOUT_ENTITY } from './without-entity.js';

const CompanySchema = defineEntity({
  name: 'Company',
  tableName: 'company',
  properties: { ...tenantProperties, name: p.text(), locale: p.text(), timeZone: p.text(), motto: p.text().nullable() },
});
class CompanyWithMotto extends CompanySchema.class {}
CompanySchema.setClass(CompanyWithMotto);

const StrictSchema = defineEntity({
  name: 'Company',
  tableName: 'company',
  properties: { ...tenantProperties, name: p.text(), locale: p.text(), timeZone: p.text(), motto: p.text() },
});
class CompanyThatNeedsMotto extends StrictSchema.class {}
StrictSchema.setClass(CompanyThatNeedsMotto);

const LabelSchema = defineEntity({
  name: 'Label',
  tableName: 'label',
  properties: { ...tenantProperties, title: p.text(), colours: p.array() },
});
class Label extends LabelSchema.class {}
LabelSchema.setClass(Label);

describe('entities, migrations and the home they make', () => {
  const { CATALOG_PROVISION_URL: provisionUrl = '' } = process.env;
  const entities: EntityClass<unknown>[] = plugins.flatMap((plugin) => [...plugin.entities]);
  const others = entities.filter(({ name }) => name !== 'Company');
  let line: MigrationStep[];
  let folder: string;

  beforeEach(async () => {
    line = await readLine('tenant');
    const built = join(projectFolder(), 'dist');
    await mkdir(built, { recursive: true });
    folder = await mkdtemp(join(built, 'authored-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const differenceOf = (of: readonly EntityClass<unknown>[], after: readonly MigrationStep[] = []): Promise<string[]> =>
    withAuthoringDatabase(provisionUrl, [...line, ...after], (url) => new Author(url, line, of).difference());

  it('agree', async () => {
    expect(await differenceOf(entities)).toEqual([]);
  });

  it('every table and column that is named as having no entity is there', async () => {
    const there = await withAuthoringDatabase(provisionUrl, line, (url) =>
      withSession(url, async (session) => {
        const { rows } = await session.query<{ table: string; column: string }>(
          `select table_name as table, column_name as column from information_schema.columns where table_schema = 'public'`,
        );
        return rows;
      }),
    );
    expect(TABLES_WITHOUT_ENTITY.filter((name) => !there.some(({ table }) => table === name))).toEqual([]);
    const isThere = ({ table, column }: { table: string; column: string }): boolean =>
      there.some((one) => one.table === table && one.column === column);
    expect(COLUMNS_WITHOUT_PROPERTY.filter((one) => !isThere(one))).toEqual([]);
  });

  it('do not agree when an entity has a column that no migration makes', async () => {
    expect(await differenceOf([...others, CompanyWithMotto])).toEqual(['alter table "company" add "motto" text null']);
  });

  it('do not agree when a migration makes a column, or a table, that no entity has', async () => {
    const column = step('9001-column', ['alter table company add column motto text']);
    expect(await differenceOf(entities, [column])).toEqual(['alter table "company" drop column "motto"']);
    const table = step('9001-table', [
      'create table label (tenant_id uuid not null, primary key (tenant_id))',
      `select tenancy.protect('label')`,
    ]);
    expect(await differenceOf(entities, [table])).toEqual([expect.stringContaining('drop table if exists "label"')]);
  });

  it('do not agree when a column is of another type', async () => {
    const other = step('9001-type', ['alter table company alter column locale type varchar(10)']);
    expect(await differenceOf(entities, [other])).toContainEqual(expect.stringContaining('alter column "locale" type text'));
  });

  it('a migration that is written makes what the entities want, under the fence, and the lint lets it through', async () => {
    const wanted = [...others, CompanyWithMotto, Label];
    await withAuthoringDatabase(provisionUrl, line, async (url) => {
      const written = await new Author(url, line, wanted).write(folder, 'labels-and-mottos');
      expect([written?.file, written?.refused]).toEqual([join(folder, '0001-labels-and-mottos.ts'), []]);
      const code = await readFile(written!.file, 'utf8');
      expect(code).toContain('/** Labels and mottos. */\nexport class LabelsAndMottos0001 extends StepMigration {');
      expect(code).toMatch(/down\(\): void \{[^]*drop table if exists "label"[^]*drop column "motto"/);
    });
    const [authored] = await readMigrationLine(folder, { driver: undefined, config: undefined as never });
    expect(authored?.statements.at(-1)).toBe(`select tenancy.protect('label')`);
    expect(await differenceOf(wanted, [authored!])).toEqual([]);
  });

  it('a migration that would stop customers is written and refused', async () => {
    const { refused } = (await withAuthoringDatabase(provisionUrl, line, (url) =>
      new Author(url, line, [...others, CompanyThatNeedsMotto]).write(folder, 'strict'),
    ))!;
    expect(refused.map(({ rule, text }) => [rule, text])).toEqual([['not-null', expect.stringContaining('"motto"')]]);
  });

  it('nothing is written when they agree', async () => {
    expect(await withAuthoringDatabase(provisionUrl, line, (url) => new Author(url, line, entities).write(folder, 'nothing'))).toBeNull();
  });
});
