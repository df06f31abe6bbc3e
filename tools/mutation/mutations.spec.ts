import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { mutate } from './mutation.js';
import { MUTATIONS } from './mutations.js';

const project = join(import.meta.dirname, '../..');

describe('the list of defences', () => {
  it.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))('can still switch off "%s"', (_name, mutation) => {
    const text = readFileSync(join(project, mutation.file), 'utf8');
    expect(mutate(mutation, text)).not.toBe(text);
  });

  it('names specs that are there', () => {
    const missing = MUTATIONS.flatMap(({ specs }) => specs).filter((spec) => !existsSync(join(project, spec)));
    expect(missing).toEqual([]);
  });

  it('has a name for each', () => {
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
  });

  it('refuses a defence that is written twice, or not at all', () => {
    const mutation = { name: 'twice', file: 'any.ts', find: 'guard();', replace: '', specs: [] };
    expect(() => mutate(mutation, 'guard(); guard();')).toThrow(RangeError);
    expect(() => mutate(mutation, 'work();')).toThrow(RangeError);
    expect(mutate(mutation, 'guard(); work();')).toBe(' work();');
  });
});
