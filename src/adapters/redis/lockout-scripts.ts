/** ARGV[1] now in ms or '' for the server's own clock; what a script begins with. */
const NOW = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('time')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end`;

/** KEYS account, peer; ARGV now, failures, first and longest delay in ms, a peer's failures, window in ms. Counts one failure for both. */
export const FAILED = `${NOW}
local from, first, longest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local peerFrom, window = tonumber(ARGV[5]), tonumber(ARGV[6])
local function count(key)
  local held = redis.call('hmget', key, 'count', 'ends')
  local failures, ends = tonumber(held[1]), tonumber(held[2])
  if not ends or ends <= now then failures, ends = 0, now + window end
  return failures + 1, ends
end
local function keep(key, failures, waits, ends)
  redis.call('hset', key, 'count', failures, 'waits', waits, 'ends', ends)
  redis.call('pexpire', key, ends - now)
end
local failures, ends = count(KEYS[1])
local waits = 0
if failures >= from then
  waits = now + math.min(first * 2 ^ math.min(failures - from, 30), longest)
  ends = waits + window
end
keep(KEYS[1], failures, waits, ends)
failures, ends = count(KEYS[2])
keep(KEYS[2], failures, failures >= peerFrom and ends or 0, ends)
return 1`;

/** KEYS account, peer; ARGV now. How many ms an attempt has to wait. */
export const WAIT = `${NOW}
local account = tonumber(redis.call('hget', KEYS[1], 'waits') or 0)
local peer = tonumber(redis.call('hget', KEYS[2], 'waits') or 0)
return math.max(0, math.max(account, peer) - now)`;
