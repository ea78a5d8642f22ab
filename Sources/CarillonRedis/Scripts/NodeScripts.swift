#if Redis
/// The scripts of nodes.
enum NodeScripts {
    /// Arguments: the layout's version, the epoch, the node, its report, the version of nodes that it knows or nothing, the
    /// silence, and its tasks. It answers the clock, the version, `1` if all nodes follow, these with report and stamp in
    /// turn, the runs to cancel and the earliest times.
    static func heartbeat(clock: String?) -> RedisScript {
        RedisScript(
            writes: true, ScriptParts.prefix, ScriptParts.guarded, ScriptParts.clock(clock), ScriptParts.tasks,
            ScriptParts.times,
            #"""
            local node, report, known, silence = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
            local tasks = tasklist(7)
            local version = redis.call('GET', P..'nodesversion') or '0'
            local isnew = redis.call('HGET', P..'reports', node) ~= report
            redis.call('ZSCORE', P..'stamps', node)
            local unheard, left = {}, {}
            for _, other in ipairs(redis.call('SMEMBERS', P..'runners')) do
                if redis.call('SCARD', P..'running:'..other) == 0 then left[#left + 1] = other
                elseif other ~= node and redis.call('HEXISTS', P..'reports', other) == 0 then
                    unheard[#unheard + 1] = other
                end
            end
            redis.call('ZADD', P..'stamps', clocktext, node)
            if isnew then redis.call('HSET', P..'reports', node, report) end
            for _, other in ipairs(left) do redis.call('SREM', P..'runners', other) end
            for _, other in ipairs(unheard) do
                redis.call('HSET', P..'reports', other, '')
                redis.call('ZADD', P..'stamps', clocktext, other)
            end
            if isnew or #unheard > 0 then
                version = string.format('%.0f', math.max(tonumber(version) + 1, clock))
                redis.call('SET', P..'nodesversion', version)
            end
            local nodes, stamps = {}, nil
            if known == version then
                stamps = redis.call('ZRANGEBYSCORE', P..'stamps', '-inf', '('..string.format('%.0f', clock - silence),
                    'WITHSCORES')
                local ahead = redis.call('ZRANGEBYSCORE', P..'stamps', '('..string.format('%.0f', clock + silence),
                    '+inf', 'WITHSCORES')
                for _, one in ipairs(ahead) do stamps[#stamps + 1] = one end
            else
                stamps = redis.call('ZRANGE', P..'stamps', 0, -1, 'WITHSCORES')
            end
            for x = 1, #stamps, 2 do
                nodes[#nodes + 1] = stamps[x]
                nodes[#nodes + 1] = redis.call('HGET', P..'reports', stamps[x]) or ''
                nodes[#nodes + 1] = stamps[x + 1]
            end
            local due, available = times(tasks)
            return { clocktext, version, known == version and '0' or '1', nodes,
                redis.call('SMEMBERS', P..'cancel:'..node), due, available }
            """#)
    }

    /// Arguments: the node, or nothing, and its tasks. It answers the runs to cancel and the earliest times.
    static let news = RedisScript(
        writes: false, ScriptParts.prefix, ScriptParts.tasks, ScriptParts.times,
        #"""
        local due, available = times((tasklist(2)))
        local cancelled = {}
        if ARGV[1] ~= '' then cancelled = redis.call('SMEMBERS', P..'cancel:'..ARGV[1]) end
        return { cancelled, due, available }
        """#)

    /// Answers the clock, and the nodes with report and stamp in turn.
    static func glance(clock: String?) -> RedisScript {
        RedisScript(
            writes: false, ScriptParts.prefix, ScriptParts.clock(clock),
            #"""
            local nodes, stamps = {}, redis.call('ZRANGE', P..'stamps', 0, -1, 'WITHSCORES')
            for x = 1, #stamps, 2 do
                nodes[#nodes + 1] = stamps[x]
                nodes[#nodes + 1] = redis.call('HGET', P..'reports', stamps[x]) or ''
                nodes[#nodes + 1] = stamps[x + 1]
            end
            return { clocktext, nodes }
            """#)
    }

    /// Arguments: the layout's version, the epoch and nodes. Nodes that have running runs are not forgotten.
    static func forget(clock: String?) -> RedisScript {
        RedisScript(
            writes: true, ScriptParts.prefix, ScriptParts.guarded, ScriptParts.clock(clock),
            #"""
            local version, gone = redis.call('GET', P..'nodesversion') or '0', {}
            for k = 3, #ARGV do
                local isthere = redis.call('HEXISTS', P..'reports', ARGV[k]) == 1
                if redis.call('SCARD', P..'running:'..ARGV[k]) == 0 and isthere then gone[#gone + 1] = ARGV[k] end
            end
            for _, node in ipairs(gone) do
                redis.call('HDEL', P..'reports', node)
                redis.call('ZREM', P..'stamps', node)
            end
            if #gone > 0 then
                redis.call('SET', P..'nodesversion', string.format('%.0f', math.max(tonumber(version) + 1, clock)))
            end
            return #gone
            """#)
    }

    /// Arguments: the layout's version, the epoch, and of each run its generation, its key, what its value begins with, its
    /// notes, and its log, `1` before it if there is one.
    static let note = RedisScript(
        writes: true, ScriptParts.prefix, ScriptParts.guarded,
        #"""
        local accepted = {}
        for k = 3, #ARGV, 5 do
            local value = redis.call('HGET', P..'unit:'..ARGV[k], 'r'..ARGV[k + 1])
            local head = ARGV[k + 2]
            if value and string.sub(value, 1, #head) == head then accepted[#accepted + 1] = k end
        end
        for _, k in ipairs(accepted) do
            local key = P..'note:'..ARGV[k]
            redis.call('HSET', key, ARGV[k + 1], ARGV[k + 3])
            if ARGV[k + 4] == '' then redis.call('HDEL', key, ARGV[k + 1]..'l')
            else redis.call('HSET', key, ARGV[k + 1]..'l', string.sub(ARGV[k + 4], 2)) end
            redis.call('SADD', P..'noted', ARGV[k])
        end
        return #accepted
        """#)
}
#endif
