#if Command
import Carillon
import CarillonConfiguration

/// Jobs that are kept by configuration files or variables which are not there any more: no server makes them equal to those
/// again, and they go on for ever.
struct LostOrigins {
    /// So many jobs of an origin are named.
    private static let mostNames = 5

    /// The origins that a server has, there or not; `nil` for a command that serves nothing, and cannot tell whose variables
    /// are set.
    let served: Set<String>?
    private var names: [String: [String]] = [:]
    private var counts: [String: Int] = [:]
    private var isLost: [String: Bool] = [:]

    init(served: Set<String>?) { self.served = served }

    /// Takes the next jobs of a store.
    mutating func look(at listed: [JobListing]) {
        for case .job(let job) in listed {
            guard let origin = job.definition.origin, isLost(origin) else { continue }
            counts[origin, default: 0] += 1
            if names[origin, default: []].count < Self.mostNames {
                names[origin, default: []].append(job.id.description)
            }
        }
    }

    /// A line for each origin whose jobs were met.
    var lines: [String] {
        counts.sorted { $0.key < $1.key }.map { origin, count in
            let named = names[origin, default: []]
            let ids = named.map { "'\($0.printable)'" }.joined(separator: ", ")
            let further = count > named.count ? " and \(count - named.count) more" : ""
            let verb = count == 1 ? "job \(ids) is" : "jobs \(ids)\(further) are"
            let place = origin.hasPrefix("$") ? "which this server does not have" : "which is not there"
            return
                "\(verb) kept by \(origin.printable), \(place), and \(count == 1 ? "goes" : "go") on running; "
                + "'carillon jobs remove --origin \(StoreFile.quoted(origin.printable))' removes "
                + "\(count == 1 ? "it" : "them"), or 'continues: \(origin.printable)' in another file makes "
                + "\(count == 1 ? "it" : "them") that file's"
        }
    }

    /// The origins that were met.
    var origins: Set<String> { Set(counts.keys) }

    private mutating func isLost(_ origin: String) -> Bool {
        if let known = isLost[origin] { return known }
        let isVariable = origin.hasPrefix("$") && served != nil
        let answer = served?.contains(origin) != true && (isVariable || Configuration.isMissing(origin))
        isLost[origin] = answer
        return answer
    }
}
#endif
