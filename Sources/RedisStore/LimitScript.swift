/// What the server does with balances, in its own language (Lua 5.1): numbers there are binary floating point, exact up to 2^53, so whole numbers
/// of 128 bits are kept as limbs of seven decimal digits. The arithmetic is that of `Balance` in Quotas, step by step; tests hold one to the other.
///
/// A balance is a hash: `d` the definition it is kept by, `v` the value in decimal, `w` the window. Of calls in flight each gateway has a field
/// with its count, which counts while that gateway's sign of life is there.
enum LimitScript {
  /// ARGV: the time in nanoseconds and in milliseconds of 1970, both empty for the server's own clock; the gateway; how long its sign of life
  /// lasts, in milliseconds. Then ten for each key, see `RedisQuotas.arguments`. KEYS: one a charge, then the sign of life.
  private static let common = #"""
    local BASE = 10000000
    local function trim(n) while #n > 0 and n[#n] == 0 do n[#n] = nil end return n end
    local function read(s)
      local n, last = {}, #s
      while last > 0 do
        local first = math.max(last - 6, 1)
        n[#n + 1] = tonumber(string.sub(s, first, last))
        last = first - 1
      end
      return trim(n)
    end
    local function text(n)
      if #n == 0 then return '0' end
      local t = { string.format('%d', n[#n]) }
      for i = #n - 1, 1, -1 do t[#t + 1] = string.format('%07d', n[i]) end
      return table.concat(t)
    end
    local function less(a, b)
      if #a ~= #b then return #a < #b end
      for i = #a, 1, -1 do if a[i] ~= b[i] then return a[i] < b[i] end end
      return false
    end
    local function add(a, b)
      local r, carry = {}, 0
      for i = 1, math.max(#a, #b) do
        local s = (a[i] or 0) + (b[i] or 0) + carry
        if s >= BASE then r[i] = s - BASE carry = 1 else r[i] = s carry = 0 end
      end
      if carry > 0 then r[#r + 1] = carry end
      return r
    end
    local function sub(a, b)
      local r, borrow = {}, 0
      for i = 1, #a do
        local s = a[i] - (b[i] or 0) - borrow
        if s < 0 then r[i] = s + BASE borrow = 1 else r[i] = s borrow = 0 end
      end
      return trim(r)
    end
    local function mul(a, b)
      local r = {}
      for i = 1, #a + #b do r[i] = 0 end
      for i = 1, #a do
        local carry = 0
        for j = 1, #b do
          local s = r[i + j - 1] + a[i] * b[j] + carry
          carry = math.floor(s / BASE)
          r[i + j - 1] = s - carry * BASE
        end
        r[i + #b] = r[i + #b] + carry
      end
      return trim(r)
    end
    local function max(a, b) if less(a, b) then return b end return a end
    local function whole(x) return string.format('%.0f', x) end

    local nowText, ms = ARGV[1], tonumber(ARGV[2])
    if nowText == '' then
      local t = redis.call('TIME')
      nowText = t[1] .. string.format('%06d', tonumber(t[2])) .. '000'
      ms = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
    end
    local now = read(nowText)
    local gateway, life = ARGV[3], ARGV[4]
    local lifeKey = KEYS[#KEYS]
    local lifePrefix = string.sub(lifeKey, 1, #lifeKey - #gateway)

    local DAY = 86400000
    local function month(day)
      local z = day + 719468
      local era = math.floor(z / 146097)
      local doe = z - era * 146097
      local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
      local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
      return (era * 400 + yoe) * 12 + math.floor((5 * doy + 2) / 153) + 2 - 23640
    end
    local function firstDay(m)
      local march = m + 23638
      local year = math.floor(march / 12)
      local inYear = march - year * 12
      local era = math.floor(year / 400)
      local yoe = year - era * 400
      local doy = math.floor((153 * inYear + 2) / 5)
      return era * 146097 + yoe * 365 + math.floor(yoe / 4) - math.floor(yoe / 100) + doy - 719468
    end
    local function index(unit, count, at)
      local day = math.floor(at / DAY)
      if unit == 'day' then return math.floor(day / count) end
      if unit == 'week' then return math.floor((day + 3) / (7 * count)) end
      return math.floor(month(day) / count)
    end
    local function start(unit, count, i)
      if unit == 'day' then return i * count * DAY end
      if unit == 'week' then return (i * count * 7 - 3) * DAY end
      return firstDay(i * count) * DAY
    end

    local function charge(i)
      local a = 4 + (i - 1) * 10
      local c = { key = KEYS[i], kind = ARGV[a + 1], units = read(ARGV[a + 2]), capacity = read(ARGV[a + 3]), rate = read(ARGV[a + 4]),
        period = read(ARGV[a + 5]), unit = ARGV[a + 6], count = tonumber(ARGV[a + 7]), patience = ARGV[a + 8],
        most = tonumber(ARGV[a + 9]), decimals = tonumber(ARGV[a + 10]) }
      c.definition = table.concat({ c.kind, ARGV[a + 4], ARGV[a + 5], c.unit, ARGV[a + 7], ARGV[a + 10] }, ':')
      if c.kind == 'b' then c.earned = mul(now, c.rate) end
      return c
    end

    -- What was taken under another definition, in units of this one; rounded up where that is not exact.
    local function taken(old, v, w, c)
      local kind, rate, period, unit, count, decimals = string.match(old, '^(%a):(%d*):(%d*):(%a*):(%d*):(%d*)$')
      local units = 0
      if kind == 'b' then
        local earned = mul(now, read(rate))
        if less(earned, v) then units = math.ceil(tonumber(text(sub(v, earned))) / tonumber(period) * (1 + 1e-9)) end
      elseif kind == 'w' then
        local current = index(unit, tonumber(count), ms)
        if w == current then units = tonumber(text(v)) elseif w > current then units = math.huge end
      end
      units = units * 10 ^ (c.decimals - tonumber(decimals))
      if units >= tonumber(text(c.capacity)) then return c.capacity end
      return read(whole(math.ceil(units)))
    end

    local function load(c)
      if c.kind == 'f' then
        local sum = 0
        local fields = redis.call('HGETALL', c.key)
        for i = 1, #fields, 2 do
          local owner = fields[i]
          if owner ~= 'd' then
            if string.sub(owner, 3) == gateway or redis.call('EXISTS', lifePrefix .. string.sub(owner, 3)) == 1 then
              sum = sum + tonumber(fields[i + 1])
            elseif string.sub(owner, 1, 2) == 'g:' then
              redis.call('HDEL', c.key, owner)
            end
          end
        end
        c.v, c.w = sum, 0
        return
      end
      local s = redis.call('HMGET', c.key, 'd', 'v', 'w')
      c.v, c.w = read(s[2] or ''), tonumber(s[3] or '0') or 0
      c.exists = s[1]
      if not s[1] or s[1] == c.definition then return end
      local units = taken(s[1], c.v, c.w, c)
      if c.kind == 'b' then
        c.v, c.w = add(c.earned, mul(units, c.period)), 0
      else
        c.v, c.w = units, index(c.unit, c.count, ms)
      end
    end

    local function save(c)
      redis.call('HSET', c.key, 'd', c.definition, 'v', text(c.v), 'w', whole(c.w))
      local left
      if c.kind == 'b' then
        left = 0
        if less(c.earned, c.v) then left = tonumber(text(sub(c.v, c.earned))) / tonumber(text(c.rate)) / 1e6 end
      else
        left = start(c.unit, c.count, c.w + 1) - ms
      end
      -- A balance that is forgotten too early would grant more; some seconds too late cost nothing.
      redis.call('PEXPIRE', c.key, whole(math.ceil(left * (1 + 1e-9)) + 5000))
    end

    """#

  /// Answers with `ok`, `place` or `no`, the time in nanoseconds and milliseconds, how long the call has to wait in nanoseconds, and of each charge
  /// its value and window as they were.
  static let reserve =
    common + #"""
      local charges, answer = {}, { '', nowText, whole(ms), '0' }
      local denied, place, latest, patience = false, false, 0, math.huge
      for i = 1, #KEYS - 1 do
        local c = charge(i)
        charges[i] = c
        load(c)
        local wait = 0
        if c.kind == 'b' then
          answer[#answer + 1] = text(c.v)
          local debt = sub(add(max(c.v, c.earned), mul(c.units, c.period)), c.earned)
          local most = mul(c.capacity, c.period)
          if less(most, debt) then
            local missing = sub(debt, most)
            if c.patience == '' then
              denied = true
            elseif less(mul(read(c.patience), c.rate), missing) then
              wait = math.huge
            else
              local low, high = 1, tonumber(c.patience)
              while low < high do
                local middle = math.floor((low + high) / 2)
                if less(mul(read(whole(middle)), c.rate), missing) then low = middle + 1 else high = middle end
              end
              wait = low
            end
          end
        elseif c.kind == 'w' then
          answer[#answer + 1] = text(c.v)
          local current = index(c.unit, c.count, ms)
          local open = math.max(current, c.w)
          local used = {}
          if c.w == open then used = c.v end
          local next = open
          if less(c.capacity, add(used, c.units)) then next = open + 1 end
          if next > current then
            if c.patience == '' then denied = true else wait = (start(c.unit, c.count, next) - ms) * 1000000 end
          end
        else
          answer[#answer + 1] = whole(c.v)
          if c.v >= c.most then
            if c.patience == '' then denied = true else place = true end
          end
        end
        answer[#answer + 1] = whole(c.w)
        if (wait > 0 or c.kind == 'f' and place) and c.patience ~= '' then patience = math.min(patience, tonumber(c.patience)) end
        latest = math.max(latest, wait)
      end
      if denied or latest > patience then
        answer[1] = 'no'
        return answer
      end
      if place then
        answer[1] = 'place'
        return answer
      end
      local moment, momentMs = add(now, read(whole(latest))), ms + math.ceil(latest / 1000000)
      for i = 1, #charges do
        local c = charges[i]
        if c.kind == 'b' then
          c.v = add(max(c.v, mul(moment, c.rate)), mul(c.units, c.period))
          save(c)
        elseif c.kind == 'w' then
          local window = math.max(c.w, index(c.unit, c.count, momentMs))
          if c.w ~= window then c.v = {} end
          c.w = window
          c.v = add(c.v, c.units)
          save(c)
        else
          redis.call('HINCRBY', c.key, 'g:' .. gateway, 1)
          redis.call('PEXPIRE', c.key, 21600000)
          redis.call('SET', lifeKey, '1', 'PX', life)
        end
      end
      answer[1], answer[4] = 'ok', whole(latest)
      return answer
      """#

  /// Says how many places a gateway holds, when that is not certain on the server's side. ARGV: the gateway, how long its sign of life lasts, and
  /// a count for each key but the last, which is the sign of life.
  static let setPlaces = #"""
    for i = 1, #KEYS - 1 do
      if tonumber(ARGV[2 + i]) > 0 then
        redis.call('HSET', KEYS[i], 'g:' .. ARGV[1], ARGV[2 + i])
        redis.call('PEXPIRE', KEYS[i], 21600000)
      else
        redis.call('HDEL', KEYS[i], 'g:' .. ARGV[1])
      end
    end
    redis.call('SET', KEYS[#KEYS], '1', 'PX', ARGV[2])
    return 'OK'
    """#

  /// ARGV of each charge as above; in the place of `most` how long ago it was taken, in nanoseconds, of a window in milliseconds. Gives back all that it is told of.
  static let giveBack =
    common + #"""
      for i = 1, #KEYS - 1 do
        local c = charge(i)
        if c.kind == 'f' then
          local held = tonumber(redis.call('HGET', c.key, 'g:' .. gateway) or '0')
          if held > 1 then
            redis.call('HINCRBY', c.key, 'g:' .. gateway, -1)
          else
            redis.call('HDEL', c.key, 'g:' .. gateway)
          end
        else
          load(c)
          if c.exists then
            if c.kind == 'b' then
              local cost, earned = mul(c.units, c.period), mul(read(whole(c.most)), c.rate)
              if less(earned, cost) then
                local back = sub(cost, earned)
                if less(c.v, back) then c.v = {} else c.v = sub(c.v, back) end
              end
              save(c)
            elseif c.w == index(c.unit, c.count, ms - c.most) then
              if less(c.v, c.units) then c.v = {} else c.v = sub(c.v, c.units) end
              save(c)
            end
          end
        end
      end
      return 'OK'
      """#
}
