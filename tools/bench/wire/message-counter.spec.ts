import { MessageCounter } from '#tools/bench/wire/message-counter.js';

function message(type: string, bytes: number): Buffer {
  const made = Buffer.alloc(5 + bytes, 'S');
  made.write(type, 0);
  made.writeInt32BE(4 + bytes, 1);
  return made;
}

describe('MessageCounter', () => {
  const stream = Buffer.concat([message('P', 30), message('B', 7), message('S', 0), message('Q', 12)]);

  it('counts each message once, whatever its bytes look like', () => {
    const counter = new MessageCounter(true);
    counter.take(stream);
    expect(Object.fromEntries(counter.counts)).toEqual({ P: 1, B: 1, S: 1, Q: 1 });
  });

  it('counts the same when the stream comes byte by byte', () => {
    const counter = new MessageCounter(true);
    for (const byte of stream) counter.take(Buffer.of(byte));
    expect(Object.fromEntries(counter.counts)).toEqual({ P: 1, B: 1, S: 1, Q: 1 });
  });

  it('passes over the first message of a client, which has no type', () => {
    const startup = Buffer.alloc(8, 'S');
    startup.writeInt32BE(8);
    const counter = new MessageCounter(false);
    counter.take(Buffer.concat([startup, message('Q', 3)]));
    expect(Object.fromEntries(counter.counts)).toEqual({ Q: 1 });
  });
});
