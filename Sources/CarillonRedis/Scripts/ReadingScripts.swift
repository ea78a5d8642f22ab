#if Redis
/// Scripts for listings.
enum ReadingScripts {
    /// Arguments: generations and ids in turn. It answers the units.
    static let units = RedisScript(
        writes: false, ScriptParts.prefix, ScriptParts.units, "return units(ARGV)")

    /// Arguments: a score and an id, or nothing for the beginning; the number of entries, and indexes of jobs by due time. It
    /// answers of each index the entries behind that place, with their scores.
    static let byDue = RedisScript(
        writes: false, ScriptParts.prefix, ScriptParts.members,
        #"""
        local score, id, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
        -- Byte by byte: Lua compares as the server's language does.
        local function isafter(a, b)
            for x = 1, math.min(#a, #b) do
                local left, right = string.byte(a, x), string.byte(b, x)
                if left ~= right then return left > right end
            end
            return #a > #b
        end
        local function place(key)
            if score == '' then return 0 end
            local low, high = redis.call('ZCOUNT', key, '-inf', '('..score), redis.call('ZCOUNT', key, '-inf', score)
            while low < high do
                local middle = math.floor((low + high) / 2)
                local _, other = split(redis.call('ZRANGE', key, middle, middle)[1])
                if isafter(other, id) then high = middle else low = middle + 1 end
            end
            return low
        end
        local answer = {}
        for k = 4, #ARGV do
            local first = place(P..ARGV[k])
            answer[#answer + 1] = redis.call('ZRANGE', P..ARGV[k], first, first + limit - 1, 'WITHSCORES')
        end
        return answer
        """#)

    /// Arguments: ids. It answers of each its ended runs, with what their values begin with, and its reasons.
    static let histories = RedisScript(
        writes: false, ScriptParts.prefix,
        #"""
        local answer = {}
        for k = 1, #ARGV do
            local past = redis.call('HGETALL', P..'past:'..ARGV[k])
            for x = 2, #past, 2 do past[x] = string.sub(past[x], 1, 40) end
            answer[k] = { past, redis.call('HGETALL', P..'why:'..ARGV[k]) }
        end
        return answer
        """#)
}
#endif
