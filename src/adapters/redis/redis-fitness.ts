import type { Redis } from 'ioredis';

const OLDEST = [6, 2] as const;

/** What keeps a Redis from being trusted with a queue, in words; none when it is fit. Raises what Redis raises when it cannot be asked. */
export async function unfitForQueues(redis: Redis): Promise<string[]> {
  const [server, memory] = [await redis.info('server'), await redis.info('memory')];
  const problems: string[] = [];
  const version = lineOf(server, 'redis_version');
  if (isOlder(version)) problems.push(`is version ${version}, older than ${OLDEST.join('.')}`);
  const policy = lineOf(memory, 'maxmemory_policy');
  if (policy !== 'noeviction') problems.push(`evicts what it holds (maxmemory-policy ${policy})`);
  return problems;
}

function lineOf(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? 'unknown';
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return !(major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]));
}
