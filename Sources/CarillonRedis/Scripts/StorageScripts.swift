#if Redis
/// The scripts by which a connection learns what storage it has, and makes one.
enum StorageScripts {
    /// Arguments: the layout's version and the server's process. A connection that meets another process than the last one
    /// did raises the epoch: what was acknowledged may be lost since, and no number may be given twice. It answers the epoch.
    static let attach = RedisScript(
        writes: true, ScriptParts.prefix, ScriptParts.clock(nil),
        #"""
        local here = redis.call('MGET', P..'format', P..'server', P..'epoch', P..'generations', P..'nodesversion')
        if here[1] and here[1] ~= ARGV[1] then
            return redis.error_reply('CARILLON-NEWER the layout has version '..here[1])
        end
        local epoch = here[3] or '0'
        if here[2] == ARGV[2] then return epoch end
        -- A storage that is made at this moment has lost nothing.
        if here[1] then
            epoch = string.format('%.0f', math.max(tonumber(epoch) + 1, clock))
            for _, one in ipairs({ 'generations', 'nodesversion' }) do
                local was = redis.call('GET', P..one)
                if not was or tonumber(was) < tonumber(epoch) then redis.call('SET', P..one, epoch) end
            end
        end
        redis.call('MSET', P..'format', ARGV[1], P..'server', ARGV[2], P..'epoch', epoch)
        return epoch
        """#)

    /// Tries every kind of write, and of reading, on keys that are gone at the end. What the user may not do fails here, and
    /// not in the middle of a commit.
    static let trial = RedisScript(
        writes: true, ScriptParts.prefix,
        #"""
        local function key(name) return P..'trial:'..ARGV[1]..name end
        for _, kind in ipairs({ 'h', 'z', 's', 't' }) do redis.call('UNLINK', key(kind)) end
        redis.call('TIME')
        redis.call('HSET', key('h'), 'a', '1', 'b', '2')
        redis.call('HINCRBY', key('h'), 'a', '1')
        redis.call('HDEL', key('h'), 'b')
        redis.call('HGET', key('h'), 'a') redis.call('HMGET', key('h'), 'a') redis.call('HGETALL', key('h'))
        redis.call('HEXISTS', key('h'), 'a') redis.call('HKEYS', key('h')) redis.call('HLEN', key('h'))
        redis.call('ZADD', key('z'), '1', 'a', '2', 'b')
        redis.call('ZREM', key('z'), 'b')
        redis.call('ZRANGE', key('z'), 0, -1, 'WITHSCORES') redis.call('ZREVRANGE', key('z'), 0, -1)
        redis.call('ZRANGEBYSCORE', key('z'), '-inf', '+inf') redis.call('ZREVRANGEBYSCORE', key('z'), '+inf', '-inf')
        redis.call('ZRANGEBYLEX', key('z'), '-', '+') redis.call('ZREVRANGEBYLEX', key('z'), '+', '-')
        redis.call('ZSCORE', key('z'), 'a') redis.call('ZMSCORE', key('z'), 'a') redis.call('ZCARD', key('z'))
        redis.call('ZCOUNT', key('z'), '-inf', '+inf')
        redis.call('ZREMRANGEBYSCORE', key('z'), '-inf', '+inf')
        redis.call('SADD', key('s'), 'a', 'b')
        redis.call('SREM', key('s'), 'b')
        redis.call('SMEMBERS', key('s')) redis.call('SISMEMBER', key('s'), 'a') redis.call('SCARD', key('s'))
        redis.call('MSET', key('t'), '1')
        redis.call('SET', key('t'), '1')
        redis.call('INCRBY', key('t'), '1')
        redis.call('GET', key('t')) redis.call('MGET', key('t')) redis.call('EXISTS', key('t')) redis.call('TYPE', key('t'))
        redis.call('PUBLISH', P..'trial', '')
        for _, kind in ipairs({ 'h', 'z', 's', 't' }) do redis.call('UNLINK', key(kind)) end
        return 1
        """#)
}
#endif
