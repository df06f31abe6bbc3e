import { describe, expect, it } from '@jest/globals';
import { requireObjectKey, requireObjectPrefix } from '#workspace/objects/object-key.js';
import { InvalidObjectKeyError } from '#workspace/objects/objects.errors.js';

const nowhere = [
  '',
  '/',
  '..',
  '../a',
  'a/../b',
  'a/./b',
  '/a',
  'a//b',
  'a\\b',
  'A',
  'a.b',
  '%2e%2e',
  'a\n',
  'a\0',
  '-a',
  'é',
  'a'.repeat(65),
];

describe('an object key', () => {
  it.each(['a', 'tenants/0b5e', 'a/b/c/d/e/f/g/h', 'a'.repeat(64)])('is taken: %s', (key) => {
    expect(requireObjectKey(key)).toBe(key);
    expect(() => requireObjectPrefix(key)).toThrow(InvalidObjectKeyError);
  });

  it.each([...nowhere, 'a/', 'a/b/c/d/e/f/g/h/i'])('is refused: %j', (key) => {
    expect(() => requireObjectKey(key)).toThrow(InvalidObjectKeyError);
  });

  it('is not repeated by its refusal', () => {
    expect(() => requireObjectKey('../hunter2')).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
  });
});

describe('an object prefix', () => {
  it.each(['a/', 'tenants/0b5e/'])('is taken: %s', (prefix) => {
    expect(requireObjectPrefix(prefix)).toBe(prefix);
  });

  it.each([...nowhere, '../', 'a/../', 'a//', 'a/b'])('is refused: %j', (prefix) => {
    expect(() => requireObjectPrefix(prefix)).toThrow(InvalidObjectKeyError);
  });
});
