import { ACCESS_MUTATIONS } from './access.mutations.js';
import { DATABASE_MUTATIONS } from './database.mutations.js';
import { ISOLATION_MUTATIONS } from './isolation.mutations.js';
import type { Mutation } from './mutation.js';
import { RESOLUTION_MUTATIONS } from './resolution.mutations.js';

/** Every defence that is known by name. */
export const MUTATIONS: readonly Mutation[] = [...ACCESS_MUTATIONS, ...RESOLUTION_MUTATIONS, ...ISOLATION_MUTATIONS, ...DATABASE_MUTATIONS];
