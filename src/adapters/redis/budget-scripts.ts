/** KEYS places; ARGV the most, ms, place. Takes a place unless all are taken; those of processes that no longer say they live are free. */
export const RESERVE = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('zremrangebyscore', KEYS[1], '-inf', now)
if redis.call('zcard', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('zadd', KEYS[1], now + ARGV[2], ARGV[3])
redis.call('pexpire', KEYS[1], ARGV[2])
return 1`;

/** KEYS places; ARGV ms, place ... Says that these places are held, also after Redis forgot them. */
export const HOLD = `
local time = redis.call('time')
local expires = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
for index = 2, #ARGV do redis.call('zadd', KEYS[1], expires, ARGV[index]) end
redis.call('pexpire', KEYS[1], ARGV[1])
return 1`;
