import { fileURLToPath } from 'node:url';

import { onProjectNode } from './on-project-node.mjs';

// This file and what it imports statically run on the machine's own Node (18 or later), before any package is there.
await onProjectNode(fileURLToPath(import.meta.url), async () => (await import('./serve.mjs')).serve());
