import { readFileSync } from 'node:fs';
import { roomMap } from '#tools/architecture/room-map.js';
import { BLOCKS, withBlocks } from '#tools/readme/blocks.js';

describe('the printed parts of the README', () => {
  it('are up to date', () => {
    const document = readFileSync('README.md', 'utf8');
    expect(withBlocks(document, BLOCKS)).toBe(document);
  });

  it('have a line for each room, with what it may import', () => {
    expect(roomMap()).toContain('| `src/plugins` | What a tenant does with the product. | kernel, workspace |');
  });

  it('replace what stands between their markers and nothing else', () => {
    expect(withBlocks('before\n<!-- a -->\nold\n<!-- /a -->\nafter\n', { a: () => 'new' })).toBe(
      'before\n<!-- a -->\nnew\n<!-- /a -->\nafter\n',
    );
  });

  it('refuse a document without the markers', () => {
    expect(() => withBlocks('nothing here', { a: () => 'new' })).toThrow(RangeError);
  });
});
