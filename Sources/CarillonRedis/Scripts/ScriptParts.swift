#if Redis
/// Parts that scripts have in common. `KEYS[1]` is the prefix of all keys.
enum ScriptParts {
    /// `P` is the prefix.
    static let prefix = "local P = KEYS[1]"

    /// Refuses to write to a storage of another layout, or after another server has taken over: `ARGV[1]` is the layout's
    /// version, `ARGV[2]` the epoch.
    static let guarded = #"""
        do
            local here = redis.call('MGET', P..'format', P..'epoch')
            if here[1] ~= ARGV[1] and here[1] then
                return redis.error_reply('CARILLON-NEWER the layout has version '..here[1])
            end
            if not here[1] or (here[2] or '') ~= ARGV[2] then
                return redis.error_reply('CARILLON-EPOCH the server has lost its data or another one has its place')
            end
        end
        """#

    /// `clock` is the time in microseconds, and `clocktext` the same in digits. A number is never written as Lua writes it:
    /// that has 14 digits.
    static func clock(_ expression: String?) -> String {
        """
        local clock
        do
            local t = redis.call('TIME')
            clock = t[1] * 1000000 + t[2]\(expression.map { " + (\($0))" } ?? "")
        end
        local clocktext = string.format('%.0f', clock)
        """
    }

    /// `tasklist(i)` reads tasks from `ARGV[i]` on: `*` for all, or their number and their names. It returns them, `nil` for
    /// all, and where the next argument is.
    static let tasks = #"""
        local function tasklist(i)
            if ARGV[i] == '*' then return nil, i + 1 end
            local n, list = tonumber(ARGV[i]), {}
            for k = 1, n do list[k] = ARGV[i + k] end
            return list, i + n + 1
        end
        local function alltasks(tasks) return tasks or redis.call('SMEMBERS', P..'tasks') end
        """#

    /// `times(tasks)` returns the earliest due time and the earliest time at which a run may be taken, in the order in which
    /// jobs move: due, waiting, ready. Empty texts are none.
    static let times = #"""
        local function first(key) return redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2] end
        local function sooner(a, b)
            if b and (not a or tonumber(b) < tonumber(a)) then return b end
            return a
        end
        local function times(tasks)
            local wanted, due = {}, nil
            for _, task in ipairs(alltasks(tasks)) do
                wanted[task] = true
                due = sooner(due, first(P..'due:'..task))
            end
            local available = first(P..'waiting')
            for _, lane in ipairs(redis.call('ZRANGE', P..'lanes', 0, -1)) do
                if not tasks or wanted[string.match(lane, '^[^:]*:(.*)$')] then
                    available = sooner(available, first(P..'ready:'..lane))
                end
            end
            return due or '', available or ''
        end
        """#

    /// `chunked(command, key, list)` calls a command with many arguments, in parts: Lua's stack takes some 8,000.
    static let chunks = #"""
        local function chunked(command, key, list)
            for x = 1, #list, 1000 do
                redis.call(command, key, unpack(list, x, math.min(x + 999, #list)))
            end
        end
        """#

    /// `units(found)` returns each unit with all its fields; `found` has generation and id in turn.
    static let units = #"""
        local function units(found)
            local answer = {}
            for x = 1, #found, 2 do
                local unit = redis.call('HGETALL', P..'unit:'..found[x])
                if #unit > 0 then answer[#answer + 1] = { found[x], found[x + 1], unit } end
            end
            return answer
        end
        """#

    /// `split(member)` and `splitrun(member)` return the generation and the id in a member of an index of jobs, or of runs.
    static let members = #"""
        local function split(member)
            local zero = string.find(member, '\0', 1, true)
            return string.sub(member, zero + 1), string.sub(member, 1, zero - 1)
        end
        local function splitrun(member)
            local high, low = struct.unpack('>I4>I4', string.sub(member, 9, 16))
            return string.format('%.0f', (high - 2147483648) * 4294967296 + low), string.sub(member, 34)
        end
        """#
}
#endif
