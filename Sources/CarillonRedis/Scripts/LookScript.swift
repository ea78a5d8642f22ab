#if Redis
/// The search of `find` and `pass`.
///
/// Arguments: the layout's version, the epoch, the query's time, the limit of due jobs, that of ready ones, `1` if waiting
/// ones are wanted; the tasks; the number of generations to leave out and these; that of named units and their generations
/// and ids; that of ids and these; that of nodes and these. It answers the units and the earliest times.
enum LookScript {
    private static let body = #"""
        local upto, duelimit, readylimit, sweeps = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'
        local tasks, i = tasklist(7)
        local skipped = {}
        for k = 1, tonumber(ARGV[i]) do skipped[ARGV[i + k]] = true end
        i = i + 1 + tonumber(ARGV[i])

        local hasmarks = marking and redis.call('ZCARD', P..'marks') > 0
        -- The first jobs of an index, each with its score.
        local function scan(key, limit, parts, limited)
            local got, seen, offset = {}, {}, 0
            local size = math.min(limit, 1000)
            while #got < limit do
                local page = redis.call('ZRANGEBYSCORE', key, '-inf', limited and upto or '+inf', 'WITHSCORES',
                    'LIMIT', offset, size)
                local count = #page / 2
                if count == 0 then break end
                local generations, ids = {}, {}
                for x = 1, count do generations[x], ids[x] = parts(page[2 * x - 1]) end
                local marks = hasmarks and redis.call('ZMSCORE', P..'marks', unpack(generations))
                for x = 1, count do
                    local g = generations[x]
                    local taken = marks and marks[x] and tonumber(marks[x]) > clock
                    if not seen[g] and not skipped[g] and not taken then
                        seen[g] = true
                        got[#got + 1] = { tonumber(page[2 * x]), g, ids[x] }
                        if #got == limit then break end
                    end
                end
                offset = offset + count
                if count < size then break end
            end
            return got
        end
        local function earlier(a, b) return a[1] < b[1] end

        local found, there, marked = {}, {}, {}
        local function add(g, id)
            if there[g] then return end
            there[g] = true
            found[#found + 1], found[#found + 2] = g, id
        end
        local function choose(list, limit)
            for x = 1, math.min(#list, limit) do
                if marking and not there[list[x][2]] then marked[#marked + 1] = list[x][2] end
                add(list[x][2], list[x][3])
            end
        end

        if duelimit > 0 then
            local all, indexes = {}, 0
            for _, task in ipairs(alltasks(tasks)) do
                local some = scan(P..'due:'..task, duelimit, split, true)
                if #some > 0 then indexes = indexes + 1 end
                for _, one in ipairs(some) do all[#all + 1] = one end
            end
            if indexes > 1 then table.sort(all, earlier) end
            choose(all, duelimit)
        end
        if readylimit > 0 then
            local wanted
            if tasks then
                wanted = {}
                for _, task in ipairs(tasks) do wanted[task] = true end
            end
            local lanes = redis.call('ZREVRANGE', P..'lanes', 0, -1, 'WITHSCORES')
            local ready, seen, x = {}, {}, 1
            while x <= #lanes and #ready < readylimit do
                local priority, all, indexes = lanes[x + 1], {}, 0
                while x <= #lanes and lanes[x + 1] == priority do
                    if not wanted or wanted[string.match(lanes[x], '^[^:]*:(.*)$')] then
                        local some = scan(P..'ready:'..lanes[x], readylimit, splitrun, true)
                        if #some > 0 then indexes = indexes + 1 end
                        for _, one in ipairs(some) do all[#all + 1] = one end
                    end
                    x = x + 2
                end
                if indexes > 1 then table.sort(all, earlier) end
                for _, one in ipairs(all) do
                    if not seen[one[2]] then
                        seen[one[2]] = true
                        ready[#ready + 1] = one
                    end
                end
            end
            choose(ready, readylimit)
            if sweeps then choose(scan(P..'waiting', readylimit, split, false), readylimit) end
        end

        for k = 1, tonumber(ARGV[i]) do add(ARGV[i + 2 * k - 1], ARGV[i + 2 * k]) end
        i = i + 1 + 2 * tonumber(ARGV[i])
        for k = 1, tonumber(ARGV[i]) do
            local g = redis.call('HGET', P..'names', ARGV[i + k])
            if g then add(g, ARGV[i + k]) end
        end
        i = i + 1 + tonumber(ARGV[i])
        for k = 1, tonumber(ARGV[i]) do
            for _, member in ipairs(redis.call('SMEMBERS', P..'running:'..ARGV[i + k])) do add(splitrun(member)) end
        end

        if #marked > 0 then
            redis.call('ZREMRANGEBYSCORE', P..'marks', '-inf', clocktext)
            local ends = string.format('%.0f', clock + 1000000)
            local pairs = {}
            for _, g in ipairs(marked) do pairs[#pairs + 1], pairs[#pairs + 2] = ends, g end
            chunked('ZADD', P..'marks', pairs)
        end
        local due, available = times(tasks)
        return { units(found), due, available }
        """#

    /// Searches and changes nothing.
    static let reading = RedisScript(
        writes: false, ScriptParts.prefix, ScriptParts.tasks, ScriptParts.times, ScriptParts.units, ScriptParts.members,
        "local marking, clock = false, 0", body)

    /// Searches, leaves out what other passes have marked, and marks what it finds for a second.
    static func marking(clock: String?) -> RedisScript {
        RedisScript(
            writes: true, ScriptParts.prefix, ScriptParts.guarded, ScriptParts.clock(clock), ScriptParts.tasks,
            ScriptParts.times, ScriptParts.chunks, ScriptParts.units, ScriptParts.members, "local marking = true", body)
    }
}
#endif
