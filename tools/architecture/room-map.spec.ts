import { roomMap, withRoomMap } from '#tools/architecture/room-map.js';

describe('the map of rooms', () => {
  it('has a line for each room, with what it may import', () => {
    expect(roomMap()).toContain('| `src/plugins` | What a tenant does with the product. | kernel, workspace |');
    expect(roomMap()).toContain('| `src/kernel` | Whose work is this, and where do its rows live? | no other room |');
  });

  it('replaces what stands between the markers and nothing else', () => {
    const written = withRoomMap('before\n<!-- rooms -->\nold\n<!-- /rooms -->\nafter\n');
    expect(written).toBe(`before\n<!-- rooms -->\n${roomMap()}\n<!-- /rooms -->\nafter\n`);
    expect(withRoomMap(written)).toBe(written);
  });

  it('refuses a document without the markers', () => {
    expect(() => withRoomMap('nothing here')).toThrow(RangeError);
  });
});
