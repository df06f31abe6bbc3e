import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Lane } from './lane.js';
import { MutationRun } from './mutation-run.js';
import { MUTATIONS } from './mutations.js';

const { values } = parseArgs({ options: { only: { type: 'string' }, lanes: { type: 'string' } } });
const project = join(import.meta.dirname, '../../..');
const chosen = MUTATIONS.filter(({ name }) => name.includes(values.only ?? ''));
const lanes: Lane[] = [];
const environment = { ...process.env, MODEL_OPERATIONS: '4000', MODEL_SEED: '1', MODEL_SHRINK_MS: '0' };

async function close(): Promise<void> {
  await Promise.all(lanes.splice(0).map((lane) => lane.close()));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void close().then(() => process.exit(130)));
process.once('disconnect', () => void close().then(() => process.exit(130)));
let code = 1;
try {
  const many = Number(values.lanes ?? (cpus().length > 1 && totalmem() > 6e9 ? 2 : 1));
  const opened = await Promise.allSettled(Array.from({ length: many }, () => Lane.open(project, environment)));
  lanes.push(...opened.flatMap((lane) => (lane.status === 'fulfilled' ? [lane.value] : [])));
  for (const lane of opened) if (lane.status === 'rejected') throw lane.reason;
  const run = new MutationRun(lanes, (line) => void process.stdout.write(`${line}\n`));
  code = (await run.play(chosen)) ? 0 : 1;
} finally {
  await close();
}
// The channel to the process that relays to this one would keep it alive.
process.exit(code);
