import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { build } from './build.mjs';

describe('the build', () => {
  let base: string;
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(base, file)), { recursive: true });
    writeFileSync(join(base, file), text);
  };
  const output = (file: string): string => readFileSync(join(base, 'dist', file), 'utf8');

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'tenantry-build-'));
    write('src/a.ts', "import { b } from './b.js';\nexport const a: number = b;\n");
    write('src/b.ts', 'export const b = 1;\n');
    write('src/b.spec.ts', 'throw new Error();\n');
    write('migrations/tenant/schema.sql', 'select 1;\n');
  });
  afterEach(() => rmSync(base, { recursive: true }));

  it('compiles sources, copies SQL, and leaves specs out', async () => {
    expect(await build(base)).toBe(3);
    expect(output('src/a.js')).toContain("from './b.js'");
    expect(output('src/a.js')).not.toContain(': number');
    expect(output('migrations/tenant/schema.sql')).toBe('select 1;\n');
    expect(existsSync(join(base, 'dist/src/b.spec.js'))).toBe(false);
  });

  it('makes again only what changed in content, or is missing', async () => {
    await build(base);
    utimesSync(join(base, 'src/a.ts'), new Date(), new Date());
    expect(await build(base)).toBe(0);
    write('src/b.ts', 'export const b = 22;\n');
    rmSync(join(base, 'dist/src/a.js'));
    expect(await build(base)).toBe(2);
    expect(output('src/b.js')).toContain('22');
  });

  it('deletes what its source left behind', async () => {
    await build(base);
    rmSync(join(base, 'src/b.ts'));
    await build(base);
    expect(existsSync(join(base, 'dist/src/b.js'))).toBe(false);
    expect(existsSync(join(base, 'dist/src/b.js.map'))).toBe(false);
  });

  it('names every file that does not compile, and compiles it once it is right', async () => {
    write('src/a.ts', 'const = ;\n');
    write('src/c.ts', 'let let;\n');
    await expect(build(base)).rejects.toThrow(/src\/a\.ts[^]*src\/c\.ts|src\/c\.ts[^]*src\/a\.ts/);
    write('src/a.ts', 'export {};\n');
    write('src/c.ts', 'export {};\n');
    expect(await build(base)).toBe(2);
  });
});
