import type { Redis } from 'ioredis';
import { unfitForQueues } from './redis-fitness.js';

const saying = (version: string, policy: string): Redis =>
  ({
    info: (section: string) =>
      Promise.resolve(section === 'server' ? `# Server\r\nredis_version:${version}\r\n` : `# Memory\r\nmaxmemory_policy:${policy}\r\n`),
  }) as unknown as Redis;

describe('a Redis for queues', () => {
  it.each(['6.2.0', '7.0.15', '10.1'])('may be version %s', async (version) => {
    expect(await unfitForQueues(saying(version, 'noeviction'))).toEqual([]);
  });

  it.each(['6.0.16', '5.9', '3', 'unknown'])('may not be version %s', async (version) => {
    expect(await unfitForQueues(saying(version, 'noeviction'))).toEqual([`is version ${version}, older than 6.2`]);
  });

  it('must not evict', async () => {
    expect(await unfitForQueues(saying('7.2.0', 'allkeys-lru'))).toEqual(['evicts what it holds (maxmemory-policy allkeys-lru)']);
  });
});
