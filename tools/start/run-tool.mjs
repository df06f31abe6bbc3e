import { fileURLToPath } from 'node:url';

import { onProjectNode } from './on-project-node.mjs';

// `run-tool.mjs <name> ...` runs dist/tools/<name>/main.js with the rest of the arguments.
await onProjectNode(fileURLToPath(import.meta.url), async (args) => (await import('./built-tool.mjs')).runBuiltTool(args));
