#if Redis
import Carillon
import CarillonRedis
import Testing

/// Addresses are taken apart, and never show a password.
@Suite struct AddressTests {
    @Test(arguments: [
        ("redis://me:secret@cache.example:6380/2?prefix=night", "redis://me@cache.example:6380/2?prefix=night"),
        ("redis://cache", "redis://cache/0"),
        ("redis://:p%40ss@[::1]:6379/0", "redis://[::1]/0"),
        ("rediss://cache/1?ssl-ca-certs=/ca.pem&ssl_cert_reqs=none", "rediss://cache/1"),
        ("unix:///run/redis.sock?db=3", "unix:///run/redis.sock?db=3"),
        ("redis://cache?db=4&jobs_key=apscheduler.jobs", "redis://cache/4?prefix=apscheduler.jobs"),
    ])
    func partsAreRead(_ url: String, _ shown: String) throws {
        #expect(try RedisAddress(url).description == shown)
    }

    @Test func theKeyOfAnotherSchedulerBecomesAPrefix() throws {
        #expect(try RedisAddress("redis://cache", prefix: "apscheduler.jobs").prefix == "apscheduler.jobs")
        #expect(try RedisAddress("redis://cache?prefix=a", prefix: "b").prefix == "a")
    }

    @Test func nothingShowsThePassword() throws {
        let address = try RedisAddress("redis://me:secret@cache?password_file=/secret")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] { #expect(!text.contains("secret")) }
    }

    @Test(arguments: [
        "redis://me:secret%zz@cache", "redis://me:secret@[cache", "redis://me:secret@cache:1x/0",
        "redis://me:secret@cache/jobs", "redis://me:secret@cache/-1", "redis://me:secret@cache?unknown=secret",
        "redis://me:secret@cache?prefix=a{b", "redis://me:secret@cache?prefix=", "redis://me:secret@a,b",
        "redis://me:secret@:1/0", "redis://me:secret@cache?prefix=a&jobs_key=b", "unix://me:secret@",
        "redis://me:secret@cache?ssl_ca_certs=/secret", "rediss://me:secret@cache?ssl_cert_reqs=secret",
        "mysql://me:secret@cache", "me:secret@cache", "redis://me:se/cret@cache",
    ])
    func whatIsWrongIsSaidWithoutThePassword(_ url: String) {
        let error = #expect(throws: CarillonError.self) { try RedisAddress(url) }
        #expect(error?.code == .unsupported)
        #expect(error?.description.contains("secret") == false)
        #expect((error?.reason.count ?? 0) > 40)
    }
}
#endif
