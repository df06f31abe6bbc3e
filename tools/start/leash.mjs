import { rmSync } from 'node:fs';

import { stopRecordedChildren } from './recorded-children.mjs';

// Its input is a pipe from the start. However that process ends, SIGKILL included, the pipe closes; what the start began must end then.
const [recordFile, ...toRemove] = process.argv.slice(2);
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGHUP', 'SIGTERM'])) process.on(signal, () => undefined);
for await (const chunk of process.stdin) void chunk;
await stopRecordedChildren(String(recordFile));
for (const path of toRemove) rmSync(path, { recursive: true, force: true });
