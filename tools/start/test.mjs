import { fileURLToPath } from 'node:url';

import { onProjectNode } from './on-project-node.mjs';

await onProjectNode(fileURLToPath(import.meta.url), async (args) => (await import('./run-tests.mjs')).runTests(args));
