import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BLOCKS, withBlocks } from '#tools/readme/blocks.js';

const README = 'README.md';
const { values } = parseArgs({ options: { write: { type: 'boolean' } } });

const document = readFileSync(README, 'utf8');
const current = withBlocks(document, BLOCKS);
if (values.write) {
  writeFileSync(README, current);
} else if (current !== document) {
  console.error(`${README} is out of date; \`npm run readme -- --write\` writes its printed parts anew.`);
  process.exitCode = 1;
}
