/**
 * KEYS hits; ARGV limit, window in ms, now in ms or '' for the server's own clock. Gives whether it is allowed, what is left, and ms until
 * the reset. Two buckets: the hits of the window before count by the part of it that still lies within the last `window` ms. The first hit
 * of a key begins its first window, so no two keys turn at the same moment for the clock's sake. What is refused is not written.
 */
export const HIT = `
local limit, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not now then
  local time = redis.call('time')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local held = redis.call('hmget', KEYS[1], 'start', 'hits', 'before')
local start, hits, before = tonumber(held[1]) or now, tonumber(held[2]) or 0, tonumber(held[3]) or 0
local passed = now - start
if passed >= 2 * window then
  start, hits, before, passed = now, 0, 0, 0
elseif passed >= window then
  start, hits, before, passed = start + window, 0, hits, passed - window
elseif passed < 0 then
  -- The clock was set back.
  start, passed = now, 0
  if held[1] then redis.call('hset', KEYS[1], 'start', start) end
end
local counted = hits + before * (window - passed) / window
if counted + 1 > limit then
  local wait
  if hits + 1 <= limit then
    wait = window - passed - (limit - 1 - hits) * window / before
  else
    wait = window - passed + window - (limit - 1) * window / hits
  end
  return {0, 0, math.ceil(wait)}
end
redis.call('hset', KEYS[1], 'start', start, 'hits', hits + 1, 'before', before)
redis.call('pexpire', KEYS[1], 2 * window)
return {1, math.floor(limit - counted - 1), window - passed}`;
