import { describe, expect, it } from '@jest/globals';
import { shrink } from './shrink.js';

const many = Array.from({ length: 2_000 }, (_, index) => index);

describe('shrinking', () => {
  it('leaves only the operations that it takes', async () => {
    const goesWrong = async (tried: readonly number[]): Promise<boolean> => tried.includes(1_700) && tried.includes(1_999);
    expect(await shrink(many, goesWrong, 5_000)).toEqual([1_700, 1_999]);
  });

  it('gives a single operation when that goes wrong alone', async () => {
    expect(await shrink(many, async (tried) => tried.includes(1_999), 5_000)).toEqual([1_999]);
  });

  it('gives nothing when the operations go well alone', async () => {
    expect(await shrink(many, async () => false, 5_000)).toBeNull();
  });

  it('gives what it has when time is up', async () => {
    expect(await shrink(many, async (tried) => tried.includes(0) && tried.includes(1_999), 0)).toEqual(many);
  });
});
