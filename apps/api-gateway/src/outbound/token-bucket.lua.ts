/**
 * Takes one token, by the clock of Redis so that all gateways agree; one step, so that none is taken twice.
 * KEYS[1] bucket; ARGV[1] limit; ARGV[2] window in ms. Returns {1 if taken, tokens left as text}.
 * An idle bucket vanishes once it would be full again. The maths is that of domain/token-bucket.ts.
 */
export const TAKE_TOKEN_LUA = `
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1]) or limit, tonumber(kept[2]) or now
tokens = math.min(limit, tokens + math.max(0, now - at) * limit / window)
local taken = 0
if tokens >= 1 then
  tokens = tokens - 1
  taken = 1
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil((limit - tokens) * window / limit) + 1000)
return { taken, tostring(tokens) }
`;
