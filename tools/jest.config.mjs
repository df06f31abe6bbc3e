import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { swcOptions } from './start/swc-options.mjs';

const rootDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** @type {import('jest').Config} */
export default {
  rootDir,
  roots: ['src', 'migrations', 'tools', 'provisioning'].map((room) => join(rootDir, room)).filter((room) => existsSync(room)),
  testMatch: ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swcOptions, sourceMaps: 'inline' }] },
  resolver: join(rootDir, 'tools', 'jest-resolver.cjs'),
  setupFilesAfterEnv: [join(rootDir, 'tools', 'jest-retry.mjs')],
  testTimeout: 60_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', join(rootDir, 'tools', 'jest-totals.mjs')],
};
