import { join } from 'node:path';
import { MigrationGenerator } from '@mikro-orm/migrations';
import { format, resolveConfig } from 'prettier';
import { projectFolder } from '#main/project-folder.js';
import { changesOf } from '#tools/migration-lint/changes-of.js';

/** Writes a migration as this repository has them: named `NNNN-what`, and with every new table under the fence. */
export class StepGenerator extends MigrationGenerator {
  override async generateMigrationFile(className: string, { up, down }: { up: string[]; down: string[] }): Promise<string> {
    const [, number = '', what = ''] = /_(\d{4})_(\w+)$/.exec(className) ?? [];
    const words = what.split('_');
    const name = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
    const made = (await changesOf(up.filter(Boolean))).filter(({ kind }) => kind === 'create-table');
    const fences = made.map(({ table }) => `select tenancy.protect('${table}')`);
    const text = [
      `import { StepMigration } from '#adapters/postgres/step-migration.js';`,
      `/** ${words.join(' ').replace(/^./, (first) => first.toUpperCase())}. */\nexport class ${name}${number} extends StepMigration { override up(): void { ${this.#send([...up, ...fences])} }`,
      `override down(): void { ${this.#send(down)} } }`,
    ].join('\n\n');
    const style = await resolveConfig('migration.ts', { config: join(projectFolder(), 'tools', 'prettier.config.mjs') });
    return format(text, { ...style, parser: 'typescript' });
  }

  #send(statements: readonly string[]): string {
    return statements
      .filter(Boolean)
      .map((sql) => this.createStatement(sql.trim().replace(/;$/, ''), 0))
      .join('');
  }
}
