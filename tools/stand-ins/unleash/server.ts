import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writePrivateFile } from '../common/private-file.js';
import { startUnleash } from './unleash-process.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    data: { type: 'string' },
    database: { type: 'string', default: 'unleash' },
    flags: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});
const port = Number(values.port);
// In the environment, because it holds a password and arguments are for everybody to see.
const databaseUrl = process.env['UNLEASH_DATABASE_URL'];
if (!values.data || !values.port || !databaseUrl || !Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(
    'Usage: UNLEASH_DATABASE_URL=postgres://… server.js --port <0-65535> --data <folder> [--database unleash] [--flags <file>] [--host 127.0.0.1]',
  );
  process.exit(2);
}
const unleash = await startUnleash({ port, host: values.host, databaseUrl, database: values.database, flagsFile: values.flags });
writePrivateFile(join(values.data, 'ready.json'), JSON.stringify(unleash.access));
console.log(`Unleash at ${unleash.access.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void unleash.stop().then(() => process.exit(0)));
}
