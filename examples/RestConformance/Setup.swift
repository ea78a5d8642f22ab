#if Web
import Carillon
import CarillonHummingbird
import CarillonTriggers

/// A configuration that cases are recorded for.
enum Setup: String, CaseIterable {
    case plain, auth, prefix, hosts, berlin, defaults, configured

    var prefix: String { self == .prefix ? "/ops/cron" : "/scheduler" }

    var schedulerOptions: SchedulerOptions {
        get throws {
            var options = SchedulerOptions()
            if self == .berlin { options.zone = try Zone("Europe/Berlin") }
            if self == .defaults {
                options.policies = JobPolicies(misfireGrace: .seconds(60), coalesce: .all, maxInstances: 3)
            }
            return options
        }
    }

    var restOptions: RESTOptions {
        var options = RESTOptions(access: .anybody(as: .admin))
        if self == .auth { options.access = .basic(["admin": "s3cret:colon", "björn": "pässwörd"]) }
        if self == .hosts { options.allowedHosts = ["some-other-host"] }
        return options
    }
}

/// What the program is started with.
struct Arguments {
    static let usage =
        "usage: RestConformance --port PORT --config \(Setup.allCases.map(\.rawValue).joined(separator: "|"))"

    private(set) var port = 0
    private(set) var setup = Setup.plain

    init?(_ words: some Sequence<String>) {
        var words = words.makeIterator()
        while let word = words.next() {
            guard let value = words.next() else { return nil }
            switch word {
            case "--port":
                guard let port = UInt16(value) else { return nil }
                self.port = Int(port)
            case "--config":
                guard let setup = Setup(rawValue: value) else { return nil }
                self.setup = setup
            default: return nil
            }
        }
    }
}
#endif
