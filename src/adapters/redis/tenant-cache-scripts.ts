/** KEYS value, right; ARGV token, ms. What is kept and for how long, or the token that may fill it (everybody who asks meanwhile shares it). */
export const FIND = `
local value = redis.call('get', KEYS[1])
if value then return {value, redis.call('pttl', KEYS[1])} end
redis.call('set', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
return {false, redis.call('get', KEYS[2])}`;

/** KEYS value, right; ARGV token, ms. Drops what is kept; every token given before is void. */
export const RENEW = `
redis.call('del', KEYS[1])
redis.call('set', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1`;

/** KEYS value, right; ARGV token, value, ms. Writes only while the token is the one in force: a flushed, expired or renewed one is not. */
export const KEEP = `
if redis.call('get', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;
