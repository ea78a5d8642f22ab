#if Redis
/// The script that writes changes: everything is looked at before the first write, since a script is never undone.
///
/// Arguments: the layout's version, the epoch, the number of changes, the number of keys, and of each its kind and its name
/// behind the prefix; the number of marks to remove and their generations; the tasks whose earliest times are wanted; then of
/// each change its kind, what it changes, the state that this must have, a job's id, the number of runs that must not have
/// ended, these, the number of nodes that must not have sent another heartbeat, these and their last ones in turn, the number
/// of words that follow, and the writes. It answers a digit for each change and the times.
///
/// | kind | of | answers |
/// | --- | --- | --- |
/// | `u` | a unit, by its generation | `0` written, `1` changed, `2` gone |
/// | `n` | a job to add, by its id; its state is its generation | `0` written, `1` changed, `3` taken, `4` generation taken |
/// | `a` | what is written in any case | `0` |
///
/// A write is a letter with the number of its key, and its words:
///
/// | write | words | |
/// | --- | --- | --- |
/// | `z`, `Z` | score and member, member | ZADD, ZREM |
/// | `s`, `S` | member | SADD, SREM |
/// | `h`, `H` | field and value, field | HSET, HDEL |
/// | `i` | field | HINCRBY 1 |
/// | `x` | | UNLINK |
/// | `e` | generation, key of the run, fence, value | HSET of an ended run, with the log of its notes if it has none |
/// | `f` | group, properties, time, example | adds a failure to its group |
/// | `p` | | reports a change |
///
/// Writes are gathered by key, and sent as one command each: commands are what costs.
enum CommitScript {
    static let script = RedisScript(
        writes: true, ScriptParts.prefix, ScriptParts.guarded, ScriptParts.tasks, ScriptParts.times, ScriptParts.chunks,
        #"""
        local n, m, i = tonumber(ARGV[3]), tonumber(ARGV[4]), 5
        local types = { z = 'zset', d = 'zset', s = 'set', h = 'hash' }
        local keys, kinds = {}, {}
        for k = 1, m do
            local kind, key = ARGV[i], P..ARGV[i + 1]
            keys[k], kinds[k] = key, kind
            i = i + 2
            if types[kind] then
                local is = redis.call('TYPE', key).ok
                if is ~= 'none' and is ~= types[kind] then
                    return redis.error_reply('CARILLON-DAMAGED the key '..key..' is a '..is)
                end
            end
        end
        local unmarked = {}
        for k = 1, tonumber(ARGV[i]) do unmarked[k] = ARGV[i + k] end
        i = i + 1 + #unmarked
        local tasks
        tasks, i = tasklist(i)

        local widths = { z = 2, Z = 1, s = 1, S = 1, h = 2, H = 1, i = 1, x = 0, e = 4, f = 4, p = 0 }
        local buckets, order, news, unnoted, failures, hasnotes = {}, {}, false, {}, {}, nil
        local function bucket(op)
            local b = buckets[op]
            if not b then
                b = {}
                buckets[op], order[#order + 1] = b, op
            end
            return b
        end
        local function ends(op, g, run, fence, value)
            if hasnotes == nil then hasnotes = redis.call('SCARD', P..'noted') > 0 end
            if hasnotes and redis.call('SISMEMBER', P..'noted', g) == 1 then
                local note = redis.call('HMGET', P..'note:'..g, run, run..'l')
                if note[1] then
                    if note[2] and string.sub(value, 1, 1) == '0' and string.match(note[1], '^%d+') == fence then
                        value = '1'..string.sub(value, 2)..note[2]
                    end
                    unnoted[#unnoted + 1] = { g, run }
                end
            end
            local b = bucket('h'..string.sub(op, 2))
            b[#b + 1], b[#b + 2] = run, value
        end
        local function fails(group, properties, time, example)
            local f = failures[group]
            if not f then
                local was = redis.call('HMGET', P..'fail:'..group, 'first', 'last')
                f = { runs = 0, first = was[1] or time, last = was[2] or time }
                failures[group] = f
            end
            f.runs, f.properties, f.example = f.runs + 1, properties, example
            if tonumber(time) < tonumber(f.first) then f.first = time end
            if tonumber(time) > tonumber(f.last) then f.last = time end
        end

        local statuses = {}
        for c = 1, n do
            local kind, subject, was, job = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
            local checks, status = tonumber(ARGV[i + 4]), '0'
            i = i + 5
            if kind == 'u' then
                local is = redis.pcall('HGET', P..'unit:'..subject, 'j')
                if type(is) == 'table' then
                    status = '1'
                elseif not is then
                    if redis.call('EXISTS', P..'unit:'..subject) == 0 then status = '2'
                    elseif was ~= '' then status = '1' end
                elseif is ~= was then
                    status = '1'
                end
            elseif kind == 'n' then
                if subject ~= '' and redis.call('HEXISTS', P..'names', subject) == 1 then status = '3'
                elseif redis.call('EXISTS', P..'unit:'..was) == 1 then status = '4' end
            end
            for k = 0, checks - 1 do
                if status == '0' and redis.call('HEXISTS', P..'past:'..job, ARGV[i + k]) == 1 then status = '1' end
            end
            i = i + checks
            local silent = tonumber(ARGV[i])
            i = i + 1
            for k = 0, silent - 1 do
                local stamp = status == '0' and redis.call('ZSCORE', P..'stamps', ARGV[i + 2 * k])
                if stamp and tonumber(stamp) ~= tonumber(ARGV[i + 2 * k + 1]) then status = '1' end
            end
            i = i + 2 * silent
            local stop = i + 1 + tonumber(ARGV[i])
            i = i + 1
            while status == '0' and i < stop do
                local op = ARGV[i]
                local letter = string.sub(op, 1, 1)
                local width = widths[letter]
                if letter == 'e' then ends(op, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
                elseif letter == 'f' then fails(ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
                elseif letter == 'p' then news = true
                else
                    local b = bucket(op)
                    for k = 1, width do b[#b + 1] = ARGV[i + k] end
                end
                i = i + 1 + width
            end
            i = stop
            statuses[c] = status
        end

        for _, op in ipairs(order) do
            local k = tonumber(string.sub(op, 2))
            if not news and string.sub(op, 1, 1) == 'z' and kinds[k] == 'd' then
                local is = first(keys[k])
                is = is and tonumber(is)
                local b = buckets[op]
                for x = 1, #b, 2 do
                    if not is or tonumber(b[x]) < is then news = true break end
                end
            end
        end

        local commands = { z = 'ZADD', Z = 'ZREM', s = 'SADD', S = 'SREM', h = 'HSET', H = 'HDEL' }
        for _, op in ipairs(order) do
            local letter, key, b = string.sub(op, 1, 1), keys[tonumber(string.sub(op, 2))], buckets[op]
            if letter == 'x' then redis.call('UNLINK', key)
            elseif letter == 'i' then
                local sums = {}
                for _, field in ipairs(b) do sums[field] = (sums[field] or 0) + 1 end
                for field, sum in pairs(sums) do redis.call('HINCRBY', key, field, string.format('%.0f', sum)) end
            else chunked(commands[letter], key, b) end
        end
        for _, one in ipairs(unnoted) do
            redis.call('HDEL', P..'note:'..one[1], one[2], one[2]..'l')
            if redis.call('EXISTS', P..'note:'..one[1]) == 0 then redis.call('SREM', P..'noted', one[1]) end
        end
        for group, f in pairs(failures) do
            redis.call('HSET', P..'fail:'..group, 'properties', f.properties, 'example', f.example, 'first', f.first,
                'last', f.last)
            redis.call('HINCRBY', P..'fail:'..group, 'runs', string.format('%.0f', f.runs))
            redis.call('ZADD', P..'failures', f.last, group)
        end
        if #unmarked > 0 then chunked('ZREM', P..'marks', unmarked) end
        if news then redis.pcall('PUBLISH', P..'changes', '') end
        local due, available = times(tasks)
        return { table.concat(statuses), due, available }
        """#)
}
#endif
