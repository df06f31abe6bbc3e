import type { Redis } from 'ioredis';
import type { ErasedTenant } from '#control/lifecycle/tenant-store.js';

const PAGE = 500;
/** Of a string: nothing of ours is longer. */
const LONGEST = 1_048_575;

/** What one key has of a tenant: all of it, when the name or the value is the tenant's, or some of its entries. */
export class KeyTrace {
  private constructor(
    /** In words: what the key is for, and not the key, which may hold somebody's address. */
    readonly kind: string,
    readonly count: number,
    /** Takes it away; what is gone meanwhile is fine. */
    readonly remove: (redis: Redis) => Promise<void>,
  ) {}

  /** Null when the key has nothing of the tenant. */
  static async of(redis: Redis, key: string, type: string, tenant: ErasedTenant): Promise<KeyTrace | null> {
    const whole = new KeyTrace(`keys ${purposeOf(key, tenant)}`, 1, async (on) => {
      await on.unlink(key);
    });
    if (isAbout(key, tenant)) return whole;
    const entries = await entriesOf(redis, key, type, tenant.id);
    if (entries === 'whole') return whole;
    if (entries.length === 0) return null;
    return new KeyTrace(`entries of ${type}s ${purposeOf(key, tenant)}`, entries.length, (on) => removeEntries(on, key, type, entries));
  }
}

/** The id anywhere; the name only where a key has one, because what keys are for (`bull`, `rate`) may be a name too. */
function isAbout(key: string, { id, slug }: ErasedTenant): boolean {
  return key.includes(id) || key.endsWith(`:slug:${slug}`);
}

function purposeOf(key: string, { id, slug }: ErasedTenant): string {
  const parts = key.split(':').filter((part) => !part.includes(id) && part !== slug && !/\d{4,}|[0-9a-f-]{16,}|@/.test(part));
  return parts.slice(0, 3).join(':') || 'of no known purpose';
}

async function entriesOf(redis: Redis, key: string, type: string, id: string): Promise<string[] | 'whole'> {
  switch (type) {
    case 'string':
      return (await redis.getrange(key, 0, LONGEST)).includes(id) ? 'whole' : [];
    case 'set':
      return members((cursor) => redis.sscan(key, cursor, 'MATCH', `*${id}*`, 'COUNT', PAGE));
    case 'zset':
      return every2nd(await members((cursor) => redis.zscan(key, cursor, 'MATCH', `*${id}*`, 'COUNT', PAGE)));
    case 'hash': {
      const flat = await members((cursor) => redis.hscan(key, cursor, 'COUNT', PAGE));
      // A value that has the id makes the whole a record of the tenant, such as a job; a field that has it is one of many.
      if (flat.some((text, index) => index % 2 === 1 && text.includes(id))) return 'whole';
      return every2nd(flat).filter((field) => field.includes(id));
    }
    case 'list':
      return listed(redis, key, id);
    case 'stream':
      return streamed(redis, key, id);
    default:
      return [];
  }
}

async function removeEntries(redis: Redis, key: string, type: string, entries: readonly string[]): Promise<void> {
  for (const entry of entries) {
    if (type === 'set') await redis.srem(key, entry);
    else if (type === 'zset') await redis.zrem(key, entry);
    else if (type === 'hash') await redis.hdel(key, entry);
    else if (type === 'list') await redis.lrem(key, 0, entry);
    else await redis.xdel(key, entry);
  }
}

async function members(scan: (cursor: string) => Promise<[string, string[]]>): Promise<string[]> {
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, page] = await scan(cursor);
    found.push(...page);
    cursor = next;
  } while (cursor !== '0');
  return found;
}

async function listed(redis: Redis, key: string, id: string): Promise<string[]> {
  const found = new Set<string>();
  for (let from = 0; ; from += PAGE) {
    const page = await redis.lrange(key, from, from + PAGE - 1);
    for (const entry of page) if (entry.includes(id)) found.add(entry);
    if (page.length < PAGE) return [...found];
  }
}

async function streamed(redis: Redis, key: string, id: string): Promise<string[]> {
  const found: string[] = [];
  for (let from = '-'; ;) {
    const page = await redis.xrange(key, from, '+', 'COUNT', PAGE);
    for (const [entry, fields] of page) if (fields.some((text) => text.includes(id))) found.push(entry);
    if (page.length < PAGE) return found;
    from = `(${(page.at(-1) as [string, string[]])[0]}`;
  }
}

function every2nd(flat: readonly string[]): string[] {
  return flat.filter((_, index) => index % 2 === 0);
}
