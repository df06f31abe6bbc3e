import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { takeDataDir } from './data-dir.mjs';
import { StartError } from './start-error.mjs';

describe('a data folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-data-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const refusalOf = (dataDir: string): Promise<unknown> =>
    takeDataDir(dataDir).then(
      () => 'taken',
      (error: unknown) => error,
    );

  it('is made with all that leads to it, and is free again when let go', async () => {
    const deep = join(folder, 'a', 'b');
    (await takeDataDir(deep))();
    expect(existsSync(join(deep, 'start.lock'))).toBe(false);
    (await takeDataDir(deep))();
  });

  it.each(['/proc/nope', '/proc', '/sys/nope', '/dev/null', '/dev/null/x'])('is not %s, and says so', async (impossible) => {
    const refusal = await refusalOf(impossible);
    expect(refusal).toBeInstanceOf(StartError);
    expect(String(refusal)).toMatch(/^StartError: The data folder .+ cannot be used \(.+\): choose another TENANTRY_DATA_DIR\.$/);
    expect(String(refusal)).toContain(impossible);
  });

  it('is not a file, nor in one, and says so', async () => {
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    for (const impossible of [file, join(file, 'below')]) expect(await refusalOf(impossible)).toBeInstanceOf(StartError);
  });

  it('is not one whose lock cannot be read, and does not wait for it for ever', async () => {
    mkdirSync(join(folder, 'start.lock'));
    expect(await refusalOf(folder)).toBeInstanceOf(StartError);
  });
});
