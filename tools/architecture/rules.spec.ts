import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findingsIn } from '#tools/architecture/rules.js';
import { ROOMS } from '#tools/architecture/rooms.js';

const src = join(import.meta.dirname, '../../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path));
const rulesBroken = (path: string, text: string) => [...new Set(findingsIn(path, text).map(({ rule }) => rule))];

describe('the rooms of src', () => {
  it('are kept by every file', () => {
    const broken = files.flatMap((path) =>
      findingsIn(path, readFileSync(join(src, path), 'utf8')).map(({ rule, says, line }) => `src/${path}:${line} [${rule}] ${says}`),
    );
    expect(files.length).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });

  it('know each other in one direction only', () => {
    const reach = (room: string, seen: readonly string[]): boolean =>
      (ROOMS[room]?.mayImport ?? []).some((next) => seen.includes(next) || reach(next, [...seen, next]));
    expect(Object.keys(ROOMS).filter((room) => reach(room, [room]))).toEqual([]);
  });
});

describe('a planted violation is caught:', () => {
  const planted: [title: string, path: string, text: string, rules: string[]][] = [
    ['a folder that is no room', 'helpers/x.ts', `export const x = 1;`, ['no-room']],
    ['the kernel importing the catalog', 'kernel/jobs/x.ts', `import { x } from '#catalog/x.js';`, ['room']],
    ['a plugin importing the catalog by a relative path', 'plugins/tickets/x.ts', `export * from '../../catalog/x.js';`, ['room']],
    ['a plugin importing an adapter for its type', 'plugins/tickets/x.ts', `import type { X } from '#adapters/redis/x.js';`, ['room']],
    ['a type imported in place', 'workspace/x.ts', `export type X = import('#control/x.js').X;`, ['room']],
    ['a dynamic import upwards', 'catalog/x.ts', 'export const x = () => import(`#main/x.js`);', ['room']],
    ['a tool imported by the product', 'main/x.ts', `import '#tools/x.js';`, ['room']],
    ['a migration imported by a plugin', 'plugins/tickets/x.ts', `import '#migrations/tenant/x.js';`, ['room']],
    ['an import over several lines', 'workspace/x.ts', `import {\n  x,\n} from '#catalog/x.js';`, ['room']],
    ['a require', 'kernel/x.ts', `const x = require('#main/x.js');`, ['room']],
    ['a computed import', 'main/x.ts', `export const x = (name: string) => import(name);`, ['computed-import']],
    ['a plugin importing another', 'plugins/tickets/x.ts', `import { x } from '#plugins/campus/x.js';`, ['plugin']],
    ['the harness in shipped code', 'main/x.ts', `import { eachTier } from '#testing/each-tier.js';`, ['spec-only']],
    ['a contract in shipped code', 'kernel/x.ts', `import { c } from '#kernel/isolation/x.contract.js';`, ['spec-only']],
    ['a driver of the database in a plugin', 'plugins/tickets/x.ts', `import pg from 'pg';`, ['sdk']],
    ['an inner path of a package', 'control/x.ts', `import { X } from 'kysely/helpers';`, ['sdk']],
    ['an ORM driver in the workspace', 'workspace/x.ts', `import { SqlEntityManager } from '@mikro-orm/postgresql';`, ['sdk']],
    ['a vendor in the control plane', 'control/billing/x.ts', `import Stripe from 'stripe';`, ['sdk']],
    ['one adapter speaking to another vendor', 'adapters/redis/x.ts', `import { SecretClient } from '@azure/keyvault-secrets';`, ['sdk']],
    ['the web framework where rows are routed', 'kernel/isolation/x.ts', `import { Injectable } from '@nestjs/common';`, ['sdk']],
    ['the environment read outside main', 'control/x.ts', `export const x = process.env['PORT'];`, ['environment']],
    ['the environment by its name in brackets', 'control/x.ts', `export const x = globalThis.process['env'];`, ['environment']],
    ['the environment destructured', 'control/x.ts', `const { env } = process;`, ['environment']],
    ['the environment imported', 'adapters/redis/x.ts', `import { env as e } from 'node:process';`, ['environment']],
    ['an if on the placement', 'control/x.ts', `if (tenant.placement.kind === 'row') go();`, ['tier-branch']],
    ['a ternary on a kind', 'workspace/x.ts', `const x = kind !== 'database' ? 1 : 2;`, ['tier-branch']],
    ['a switch on the placement', 'catalog/x.ts', `switch (t.placement.kind) { case wanted: go(); }`, ['tier-branch']],
    ['a switch on the plan', 'plugins/tickets/x.ts', `switch (plan) { case 'starter': go(); }`, ['tier-branch']],
    ['a plan compared', 'main/x.ts', `const x = 'enterprise' === input.plan;`, ['tier-branch']],
    ['a table by the placement', 'adapters/redis/x.ts', `const x = table[placement.kind];`, ['tier-branch']],
    ['a file that says too much', 'kernel/x.ts', `export const x = 1;\n`.repeat(401), ['length']],
  ];

  it.each(planted)('%s', (_title, path, text, rules) => {
    expect(rulesBroken(path, text)).toEqual(rules);
  });
});

describe('what is allowed is left alone:', () => {
  const allowed: [title: string, path: string, text: string][] = [
    ['a room importing one it may', 'control/x.ts', `import { x } from '#catalog/x.js';`],
    ['a plugin importing itself', 'plugins/tickets/x.ts', `import { x } from '#plugins/tickets/y.js';`],
    ['a package at home', 'kernel/isolation/x.ts', `import pg from 'pg';`],
    ['a package whose name begins like another', 'workspace/x.ts', `import x from 'pg-format';`],
    ['the ORM core in a plugin', 'plugins/tickets/x.ts', `import { defineEntity } from '@mikro-orm/core';`],
    ['main reading the environment', 'main/x.ts', `export const x = process.env;`],
    ['another part of the process', 'control/x.ts', `const { argv } = process;`],
    ['the folder of migrations being read', 'adapters/postgres/migration-line.ts', `export const x = (name: string) => import(name);`],
    ['the kernel choosing a driver', 'kernel/isolation/x.ts', `const x = drivers[placement.kind];`],
    ['showing a kind', 'control/x.ts', `const view = { kind: placement.kind };`],
    ['another kind of kind', 'control/x.ts', `if (event.kind === 'moved') go();`],
    ['an import named in a comment or a string', 'kernel/x.ts', `// import '#main/x.js'\nconst x = "from '#main/x.js'"; // process.env`],
    ['a spec using the harness and a driver', 'kernel/x.int-spec.ts', `import '#testing/x.js';\nimport pg from 'pg';`],
    ['a file of the greatest length', 'kernel/x.ts', `export const x = 1;\n`.repeat(400)],
  ];

  it.each(allowed)('%s', (_title, path, text) => {
    expect(findingsIn(path, text)).toEqual([]);
  });
});
