/// What the server does with labels, stops and approvals. Each script is atomic, so a change is there whole, with its line in the audit, or not
/// at all. An `epoch` is a name that a server without state is given: another one says that it has begun anew.
enum StateScript {
  private static let epoch = #"""
    local epoch = redis.call('GET', KEYS[1])
    if not epoch then
      epoch = ARGV[1]
      redis.call('SET', KEYS[1], epoch)
    end

    """#

  /// KEYS: the epoch, then a set for each session. ARGV: an epoch to begin with, milliseconds of idleness, then for each session the epoch at which
  /// the gateway knew its labels and three lists, each with its length in front: those labels, what to clear, what to set.
  static let labels =
    epoch + #"""
      local place = 3
      local function list()
        local count = tonumber(ARGV[place])
        local names = {}
        for i = 1, count do names[i] = ARGV[place + i] end
        place = place + count + 1
        return names
      end
      local answer = { epoch }
      for i = 2, #KEYS do
        local seen = ARGV[place]
        place = place + 1
        local known, clears, sets = list(), list(), list()
        if seen ~= epoch then
          for _, name in ipairs(known) do redis.call('SADD', KEYS[i], name) end
        end
        for _, name in ipairs(clears) do redis.call('SREM', KEYS[i], name) end
        for _, name in ipairs(sets) do redis.call('SADD', KEYS[i], name) end
        redis.call('PEXPIRE', KEYS[i], ARGV[2])
        answer[i] = redis.call('SMEMBERS', KEYS[i])
      end
      return answer
      """#

  /// KEYS: the epoch, the count of changes, the stops, the audit. ARGV: an epoch to begin with, the stop, its record or nothing to resume, and
  /// moment, actor, act, object and details for the audit. Answers whether anything has changed.
  static let setStop =
    epoch + #"""
      local done
      if ARGV[3] == '' then
        done = redis.call('HDEL', KEYS[3], ARGV[2])
      else
        done = redis.call('HSETNX', KEYS[3], ARGV[2], ARGV[3])
      end
      if done == 1 then
        redis.call('INCR', KEYS[2])
        redis.call('XADD', KEYS[4], '*', 'moment', ARGV[4], 'actor', ARGV[5], 'act', ARGV[6], 'object', ARGV[7], 'details', ARGV[8])
      end
      return done
      """#

  /// KEYS as above but for the audit. ARGV: an epoch to begin with, the epoch and the count that the gateway knows. Answers with those of now, and the
  /// stops when either is another.
  static let look =
    epoch + #"""
      local changes = redis.call('GET', KEYS[2]) or '0'
      if epoch == ARGV[2] and changes == ARGV[3] then return { epoch, changes } end
      return { epoch, changes, redis.call('HGETALL', KEYS[3]) }
      """#

  /// Gives back what a server that has begun anew does not know. KEYS as above. ARGV: an epoch to begin with, then stops and records by turns.
  static let restore =
    epoch + #"""
      for i = 2, #ARGV, 2 do redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 1]) end
      redis.call('INCR', KEYS[2])
      return 'OK'
      """#

  /// KEYS: the version, the records by identifier, the identifiers by deadline, those that wait by deadline, and the identifiers of one subject or
  /// an empty name for all. ARGV: the moment, an identifier or nothing, and whether it is one subject. Answers with the version, how many wait, and records.
  static let readApprovals = #"""
    local answer = { redis.call('GET', KEYS[1]) or '0', redis.call('ZCOUNT', KEYS[4], '(' .. ARGV[1], '+inf') }
    local names
    if ARGV[2] ~= '' then
      names = { ARGV[2] }
    elseif ARGV[3] ~= '' then
      names = redis.call('SMEMBERS', KEYS[5])
    else
      names = redis.call('ZRANGE', KEYS[3], 0, -1)
    end
    for _, name in ipairs(names) do
      local record = redis.call('HGET', KEYS[2], name)
      if record then answer[#answer + 1] = record end
    end
    return answer
    """#

  /// Writes records if nothing was written since they were read. KEYS: the version, the records, the identifiers by deadline, those that wait, the
  /// audit. ARGV: the version, the deadline before which records are forgotten, what the names of the sets of subjects begin with, then for each
  /// record its identifier, its subject, itself, its deadline, whether it waits, and moment, actor, act, object and details for the audit.
  /// Answers whether they were written.
  static let writeApprovals = #"""
    if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
    redis.call('INCR', KEYS[1])
    local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[2], 'LIMIT', 0, 256)
    for _, name in ipairs(old) do
      local subject = string.sub(redis.call('HGET', KEYS[2], name) or '', 1, 64)
      redis.call('SREM', ARGV[3] .. subject, name)
      redis.call('HDEL', KEYS[2], name)
      redis.call('ZREM', KEYS[3], name)
      redis.call('ZREM', KEYS[4], name)
    end
    for i = 4, #ARGV, 10 do
      local name = ARGV[i]
      redis.call('SADD', ARGV[3] .. ARGV[i + 1], name)
      redis.call('HSET', KEYS[2], name, ARGV[i + 2])
      redis.call('ZADD', KEYS[3], ARGV[i + 3], name)
      if ARGV[i + 4] == '1' then redis.call('ZADD', KEYS[4], ARGV[i + 3], name) else redis.call('ZREM', KEYS[4], name) end
      redis.call('XADD', KEYS[5], '*', 'moment', ARGV[i + 5], 'actor', ARGV[i + 6], 'act', ARGV[i + 7], 'object', ARGV[i + 8],
        'details', ARGV[i + 9])
    end
    return 1
    """#
}
