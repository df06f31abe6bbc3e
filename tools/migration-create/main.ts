import { join, relative } from 'node:path';
import { loadConfig } from '#main/config.js';
import { plugins } from '#main/plugins.js';
import { projectFolder } from '#main/project-folder.js';
import { readLine } from '#tools/migration-lint/read-line.js';
import { Author } from './author.js';
import { withAuthoringDatabase } from './authoring-database.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const [what = ''] = process.argv.slice(2);
const provisionUrl = loadConfig(process.env).CATALOG_PROVISION_URL ?? '';
const root = projectFolder();

if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(what)) {
  say('Say what it does, in lower case with hyphens: npm run migration:create -- ticket-labels');
  process.exitCode = 2;
} else {
  const line = await readLine('tenant');
  const entities = plugins.flatMap((plugin) => plugin.entities);
  const written = await withAuthoringDatabase(provisionUrl, line, (url) =>
    new Author(url, line, entities).write(join(root, 'migrations', 'tenant'), what),
  );
  if (!written) say('Entities and migrations agree: there is nothing to write.');
  else {
    say(`${relative(root, written.file)}\n\n${written.code}`);
    for (const { rule, says, text } of written.refused) say(`refused (${rule}): ${says}${text ? `\n    ${text}` : ''}`);
    process.exitCode = written.refused.length > 0 ? 1 : 0;
  }
}
