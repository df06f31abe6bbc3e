import { describe, expect, it } from '@jest/globals';
import { SecretCache } from '#kernel/isolation/secret-cache.js';
import type { Secret, SecretSource } from '#kernel/isolation/secret-source.js';

function store(values: string[]): SecretSource & { reads: number } {
  return {
    reads: 0,
    async get(): Promise<Secret> {
      const value = values[Math.min(this.reads++, values.length - 1)]!;
      return { value, version: value };
    },
    set: () => Promise.reject(new Error('not asked for')),
    delete: () => Promise.reject(new Error('not asked for')),
    async *names() {},
    async *deletedNames() {},
  };
}

describe('secrets as a process remembers them', () => {
  it('are read once, however many ask', async () => {
    const source = store(['one']);
    const cache = new SecretCache(source);
    await Promise.all([cache.get('a'), cache.get('a')]);
    await cache.get('a');
    expect(source.reads).toBe(1);
  });

  it('are read again when one was refused, once for all who were refused', async () => {
    const source = store(['one', 'two']);
    const cache = new SecretCache(source);
    const refused = await cache.get('a');
    const newer = await Promise.all([cache.newerThan(refused, 'a'), cache.newerThan(refused, 'a')]);
    expect(newer.map(({ value }) => value)).toEqual(['two', 'two']);
    expect((await cache.get('a')).value).toBe('two');
    expect(source.reads).toBe(2);
  });

  it('are not read again and again while the store has nothing newer', async () => {
    const source = store(['one']);
    const cache = new SecretCache(source);
    const refused = await cache.get('a');
    await cache.newerThan(refused, 'a');
    expect(await cache.newerThan(refused, 'a')).toEqual(refused);
    expect(source.reads).toBe(2);
  });
});
