/**
 * Every operation on limits, as one script: several limits are decided at once, by Redis' own clock, in the arithmetic of
 * `packages/limits/src/bucket.ts`. KEYS are the buckets. ARGV: operation, lease, milliseconds of a lease; then for each
 * bucket its kind, amount, microseconds of a tick, burst and cost. Answers whether it was admitted, then what is left.
 */
export const SCRIPT = `
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local millis = math.floor(micros / 1000)
local operation, lease, life = ARGV[1], ARGV[2], tonumber(ARGV[3])

local function running(key)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', millis))
  return redis.call('ZCARD', key)
end

local function run(key)
  redis.call('ZADD', key, string.format('%.0f', millis + life), lease)
  redis.call('PEXPIRE', key, string.format('%.0f', life))
end

local function move(found, units)
  found.level = math.min(found.capacity, found.level + units * 1000000)
  local full = math.ceil((found.capacity - found.level) / found.amount * found.micro / 1000) + 1000
  redis.call('SET', found.key, string.format('%.0f %.0f', found.level, found.tick), 'PX', string.format('%.0f', full))
end

local function bucket(index)
  local at = 3 + (index - 1) * 5
  local found = {
    key = KEYS[index], kind = ARGV[at + 1], amount = tonumber(ARGV[at + 2]),
    micro = tonumber(ARGV[at + 3]), burst = tonumber(ARGV[at + 4]), cost = tonumber(ARGV[at + 5]),
  }
  if found.kind == 'concurrency' then return found end
  found.tick = math.floor(micros / found.micro)
  found.capacity = found.burst * 1000000 + 900000
  found.level = found.capacity
  local kept = redis.call('GET', found.key)
  if kept then
    local level, tick = string.match(kept, '^(-?%d+) (%d+)$')
    local elapsed = math.max(0, found.tick - tonumber(tick))
    found.level = math.min(found.capacity, tonumber(level) + elapsed * found.amount)
    if found.tick < tonumber(tick) then move(found, 0) end
  end
  return found
end

if operation == 'renew' then
  for _, key in ipairs(KEYS) do run(key) end
  return { 1, running(KEYS[1]) }
end

local buckets, answer = {}, { 1 }
for index = 1, #KEYS do
  local found = bucket(index)
  buckets[index] = found
  if operation == 'end' then
    if found.kind == 'concurrency' then redis.call('ZREM', found.key, lease) else move(found, found.cost) end
  elseif found.kind == 'concurrency' then
    answer[index + 1] = found.amount - running(found.key)
    if answer[index + 1] <= 0 then answer[1] = 0 end
  else
    answer[index + 1] = found.level
    if found.level < math.min(found.cost, found.burst) * 1000000 then answer[1] = 0 end
  end
end

if operation == 'take' and answer[1] == 1 then
  for index, found in ipairs(buckets) do
    if found.kind == 'concurrency' then
      run(found.key)
      answer[index + 1] = answer[index + 1] - 1
    else
      move(found, -found.cost)
      answer[index + 1] = found.level
    end
  end
end
return answer
`
