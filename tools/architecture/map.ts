import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { roomMap, withRoomMap } from '#tools/architecture/room-map.js';

const README = 'README.md';
const { values } = parseArgs({ options: { check: { type: 'boolean' }, write: { type: 'boolean' } } });

if (values.write) {
  writeFileSync(README, withRoomMap(readFileSync(README, 'utf8')));
} else if (values.check) {
  const document = readFileSync(README, 'utf8');
  if (withRoomMap(document) !== document) {
    console.error(`The map of rooms in ${README} is out of date; \`npm run rooms -- --write\` writes it anew.`);
    process.exitCode = 1;
  }
} else {
  console.log(roomMap());
}
