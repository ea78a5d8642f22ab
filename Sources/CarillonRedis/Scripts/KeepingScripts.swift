#if Redis
/// Scripts for what is kept beside jobs and runs.
enum KeepingScripts {
    /// Arguments: the layout's version, the epoch, and ids that are dropped from the list of histories if they have none.
    static let dropHistories = RedisScript(
        writes: true, ScriptParts.prefix, ScriptParts.guarded,
        #"""
        for k = 3, #ARGV do
            if redis.call('EXISTS', P..'past:'..ARGV[k], P..'why:'..ARGV[k]) == 0 then
                redis.call('ZREM', P..'histories', ARGV[k])
            end
        end
        return 1
        """#)

    /// Arguments: the layout's version, the epoch, and up to when groups of failures are dropped.
    static let dropFailures = RedisScript(
        writes: true, ScriptParts.prefix, ScriptParts.guarded,
        #"""
        local groups = redis.call('ZRANGEBYSCORE', P..'failures', '-inf', ARGV[3], 'LIMIT', 0, 1000)
        for _, group in ipairs(groups) do
            redis.call('UNLINK', P..'fail:'..group)
            redis.call('ZREM', P..'failures', group)
        end
        return #groups
        """#)

    /// Arguments: the layout's version, the epoch, and of each entry its bytes, its time, the number of indexes and these. It
    /// answers the numbers of the entries.
    static let appendAudit = RedisScript(
        writes: true, ScriptParts.prefix, ScriptParts.guarded,
        #"""
        local last, entries, i = tonumber(redis.call('GET', P..'auditlast') or '0'), {}, 3
        while i <= #ARGV do
            local entry = { value = ARGV[i], time = ARGV[i + 1], indexes = {} }
            for k = 1, tonumber(ARGV[i + 2]) do entry.indexes[k] = ARGV[i + 2 + k] end
            i = i + 3 + #entry.indexes
            entries[#entries + 1] = entry
        end
        local numbers = {}
        for k, entry in ipairs(entries) do
            local number = string.format('%.0f', last + k)
            numbers[k] = number
            redis.call('HSET', P..'audit', number, entry.value)
            redis.call('ZADD', P..'audit:times', entry.time, number)
            for _, index in ipairs(entry.indexes) do redis.call('ZADD', P..index, number, number) end
        end
        redis.call('SET', P..'auditlast', string.format('%.0f', last + #entries))
        return numbers
        """#)

    /// Arguments: the layout's version, the epoch, a key, the value that it must have or nothing, the value that it gets or
    /// nothing, when it expires, and up to when others are dropped. It answers whether that was done.
    static let swapRequest = RedisScript(
        writes: true, ScriptParts.prefix, ScriptParts.guarded,
        #"""
        local is = redis.call('HGET', P..'requests', ARGV[3]) or ''
        if is ~= ARGV[4] then return 0 end
        local old = {}
        if ARGV[7] ~= '' then
            old = redis.call('ZRANGEBYSCORE', P..'requestsexpiry', '-inf', ARGV[7], 'LIMIT', 0, 100)
        end
        for _, key in ipairs(old) do
            redis.call('HDEL', P..'requests', key)
            redis.call('ZREM', P..'requestsexpiry', key)
        end
        if ARGV[5] == '' then
            redis.call('HDEL', P..'requests', ARGV[3])
            redis.call('ZREM', P..'requestsexpiry', ARGV[3])
        else
            redis.call('HSET', P..'requests', ARGV[3], ARGV[5])
            redis.call('ZADD', P..'requestsexpiry', ARGV[6], ARGV[3])
        end
        return 1
        """#)

    /// Arguments: the layout's version, the epoch and the greatest generation that was brought from elsewhere.
    static let raiseGenerations = RedisScript(
        writes: true, ScriptParts.prefix, ScriptParts.guarded,
        #"""
        local is = tonumber(redis.call('GET', P..'generations') or '0')
        if is < tonumber(ARGV[3]) then redis.call('SET', P..'generations', ARGV[3]) end
        return 1
        """#)
}
#endif
