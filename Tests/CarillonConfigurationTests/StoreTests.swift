#if Configuration
import Carillon
import CarillonConfiguration
import Testing

@Suite("Job stores")
struct StoreTests {
    @Test(
        "An address is taken apart and written again without its password",
        arguments: [
            ("memory:", "memory:"),
            ("memory://", "memory:"),
            ("sqlite:///jobs.sqlite", "sqlite:///jobs.sqlite"),
            ("sqlite:////var/lib/jobs.sqlite", "sqlite:////var/lib/jobs.sqlite"),
            ("sqlite://", "sqlite:///:memory:"),
            ("postgresql://u:p@host:5433/db?sslmode=require", "postgresql://u:***@host:5433/db?sslmode=require"),
            ("postgres://host/db", "postgresql://host/db"),
            ("postgresql+psycopg2://u@a,b:1/db", "postgresql://u@a,b:1/db"),
            ("postgresql:///db?password=p&host=%2Frun", "postgresql:///db?password=***&host=%2Frun"),
            ("mysql+pymysql://u:p%40q@[::1]:3306/db", "mysql://u:***@[::1]:3306/db"),
            ("mariadb://host/db", "mysql://host/db"),
            ("redis://:p@host/1", "redis://:***@host/1"),
            ("rediss://host", "rediss://host"),
            ("mongodb://u:p@a:1,b:2/db?authSource=x", "mongodb://u:***@a:1,b:2/db?authSource=***"),
            ("mongodb+srv://cluster.example/db", "mongodb+srv://cluster.example/db"),
            ("zookeeper://a:2181,b:2181/carillon/x", "zookeeper://a:2181,b:2181/carillon/x"),
        ]
    )
    func addresses(text: String, description: String) throws {
        let address = try StoreAddress(text)
        #expect(address.description == description)
        #expect("\(address)" == String(reflecting: address))
        // What a client gets means the same.
        #expect(try StoreAddress(address.text.value) == address)
    }

    @Test("The parts of an address are decoded")
    func parts() throws {
        let address = try StoreAddress("postgresql://us%65r:p%40%2F@host:5433,other/d%20b?a=1&b")
        #expect(address.kind == .postgresql && address.user == "user" && address.password?.value == "p@/")
        #expect(address.hosts == [.init(name: "host", port: 5433), .init(name: "other")])
        #expect(address.path == "d b" && address.parameters.map(\.name) == ["a", "b"])
        #expect(address.parameters.map(\.value.value) == ["1", ""])
        #expect(try StoreAddress("rediss://h").usesTLS && !StoreAddress("redis://h").usesTLS)
        #expect(try StoreAddress("sqlite:////a/b").path == "/a/b")
        #expect(try StoreAddress("sqlite:///a/b").path == "a/b")
    }

    @Test(
        "An address that is none is refused without being shown",
        arguments: [
            (
                "oracle://u:hunter2@h",
                "has the scheme 'oracle', which is no store; an address begins with one of memory:, sqlite:///path"
            ),
            ("hunter2", "is not a store's address"),
            ("hunter2:x", "is not a store's address"),
            ("sqlite:hunter2", "lacks the two slashes"),
            ("sqlite://hunter2", "lacks a slash: write sqlite:///relative/path"),
            (
                "sqlite:///x.db?tablenam=hunter2",
                "has 'tablenam' behind its '?', where an address of SQLite has nothing"
            ),
            (
                "sqlite:///x?timeout=5&hunter=2",
                "has 'timeout', 'hunter' behind its '?', where an address of SQLite has"
            ),
            ("memory:hunter2", "has more than 'memory:'"),
            ("redis://", "names no host, as in redis://localhost"),
            ("mongodb:///hunter2", "names no host"),
            ("redis://h/hunter2", "has a path that is not the number of a database"),
            ("redis://a,b", "names several hosts"),
            ("postgresql://u:hunter2/x@h/db", "has a port that is not a number from 1 to 65535"),
            ("postgresql://h:70000", "has a port that is not a number"),
            ("postgresql://h:/x", "has a port that is not a number"),
            ("postgresql://[::1/x", "has a '[' without a ']'"),
            ("postgresql://a,,b/x", "has an empty host"),
            ("postgresql://u:hunter2%zz@h", "has a '%' in its password"),
            ("postgresql://h h/x", "has a blank in its host"),
        ]
    )
    func wrongAddress(text: String, expected: String) {
        let problems = problemLines { () throws(ConfigurationError) in _ = try StoreAddress(text) }
        #expect(problems.count == 1 && problems.first?.hasPrefix(expected) == true, "\(problems)")
        #expect(!problems.joined().contains("hunter2"))
        let told = problemLines("jobstores: {a: '\(text)'}")
        #expect(told.count == 1 && told.first?.hasPrefix("f:1:13: jobstores.a: \(expected)") == true, "\(told)")
    }

    @Test(
        "A store is given by an address or in APScheduler's words",
        arguments: [
            ("memory", "memory:"),
            ("{type: memory}", "memory:"),
            ("{url: 'sqlite:///x'}", "sqlite:///x"),
            ("{type: sqlalchemy, url: 'postgresql://h/db', tablename: jobs}", "postgresql://h/db?tablename=jobs"),
            ("{type: sqlalchemy, url: 'mysql+pymysql://h/db', tablename: jobs}", "mysql://h/db?tablename=jobs"),
            ("{type: sqlite, path: /a/b}", "sqlite:////a/b"),
            ("{type: postgresql, host: h, port: 5, user: u, password: p, database: d}", "postgresql://u:***@h:5/d"),
            ("{type: redis}", "redis://localhost"),
            ("{type: redis, host: h, port: 6380, db: 2, password: p}", "redis://:***@h:6380/2"),
            ("{type: redis, ssl: true, prefix: x}", "rediss://localhost?prefix=x"),
            ("{type: redis, jobs_key: x, run_times_key: y}", "redis://localhost?prefix=x"),
            ("{type: mongodb, host: h, port: 27017, database: d, collection: c}", "mongodb://h:27017/d"),
            ("{type: zookeeper, hosts: 'a:2181, b', path: /x}", "zookeeper://a:2181,b/x"),
            ("{type: zookeeper, hosts: [a, b]}", "zookeeper://a,b"),
        ]
    )
    func settings(text: String, description: String) throws {
        let setting = try #require(try read("jobstores: {a: \(text)}").jobStores["a"])
        #expect(setting.address.description == description)
        #expect(setting.tableName == (text.contains("tablename") ? "jobs" : nil))
        #expect(setting.keyPrefix == (text.contains("prefix") || text.contains("jobs_key") ? "x" : nil))
        #expect(setting.collection == (text.contains("collection") ? "c" : nil))
    }

    @Test(
        "What is wrong with a store is told without its password",
        arguments: [
            ("{type: sqlalchemy}", "1:13: jobstores.a: the key 'url' is missing"),
            ("{type: sqlite}", "1:13: jobstores.a: the key 'path' is missing, or 'url', such as sqlite:///jobs"),
            ("{type: sqlite, pth: x}", "1:31: jobstores.a: 'pth' is not a key here; did you mean 'path'?"),
            ("{typ: sqlite, path: x}", "1:17: jobstores.a: 'typ' is not a key here; did you mean 'type'?"),
            (
                "{type: oracle}",
                "1:17: jobstores.a.type: 'oracle' is not one of those there are; they are memory, sqlalchemy, sqlite"
            ),
            ("{type: 'redis://:hunter2@h'}", "1:17: jobstores.a.type: must be one of memory, sqlalchemy"),
            ("{type: redis, url: 'mysql://h'}", "1:30: jobstores.a.url: is the address of another kind of store"),
            ("{type: redis, url: 'redis://h', password: hunter2}", "1:48: jobstores.a.password: is part of the addr"),
            ("{type: redis, pasword: hunter2}", "1:30: jobstores.a: 'pasword' is not a key here; did you mean 'pass"),
            ("{type: redis, password: 5}", "1:30: jobstores.a.password: must be text, not a number; put it in quotes"),
            ("{type: redis, port: 0}", "1:30: jobstores.a.port: must be a whole number from 1 to 65535"),
            ("{type: redis, db: -1}", "1:30: jobstores.a.db: must be a whole number from 0"),
            ("{type: zookeeper, hosts: a, path: x}", "1:44: jobstores.a.path: must begin with a slash"),
            ("{url: 'sqlite:///x', tablename: 'a;b'}", "1:37: jobstores.a.tablename: must be a name of letters"),
            ("{url: 'x', url_file: y}", "1:27: jobstores.a.url_file: says what 'url' says already"),
            ("[x]", "1:16: jobstores.a: a job store must consist of keys and values"),
            ("5", "1:13: jobstores.a: must be text, not a number"),
        ]
    )
    func wrongSetting(text: String, expected: String) {
        let problems = problemLines("jobstores: {a: \(text)}")
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
        #expect(!problems.joined().contains("hunter2"))
    }

    @Test("A store that this version does not have says so, and shows no password")
    func missingStores() throws {
        #expect(
            StoreAddress.Kind.allCases.filter(\.isInThisVersion) == [.memory, .sqlite, .postgresql, .mysql, .redis])
        let error = try StoreAddress("mongodb://u:hunter2@h").notBuiltIn
        #expect(error.code == .unsupported)
        #expect(
            error.reason == """
                the store mongodb://u:***@h is not available in this version of Carillon; an address begins with one of \
                memory:, sqlite:///path, postgresql://, mysql://, mariadb://, redis://, rediss://
                """)
    }

    @Test("Whatever prints a configuration shows no password")
    func secrets() throws {
        let text = """
            jobstores: {a: "postgresql://u:hunter2@h/db?password=hunter2", b: {type: redis, password: hunter2}}
            SCHEDULER_AUTH: bob:hunter2
            """
        let configuration = try read(text)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration)\(String(reflecting: configuration))\(dumped)".contains("hunter2"))
        #expect(configuration.jobStores["b"]?.address.password?.value == "hunter2")
    }
}
#endif
