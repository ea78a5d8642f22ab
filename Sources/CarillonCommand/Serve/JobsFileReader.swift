import CarillonConfiguration
import CarillonTriggers
import Foundation
import Yams

/// Makes a `JobsFile` of YAML and collects what is wrong with it.
struct JobsFileReader {
    private static let jobKeys = ["id", "trigger", "command"]
    private static let maximumProblems = 100

    private typealias Entry = (key: String, node: Node, value: Node)

    private(set) var file = JobsFile()
    private var lineOfJob: [String: Int] = [:]
    private var problems: [YAMLProblem] = []

    /// A line for each problem, by its place; nothing where there is none.
    func problems(in name: String) -> String? {
        guard !problems.isEmpty else { return nil }
        let sorted = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        var lines = sorted.prefix(Self.maximumProblems).map { "\(name):\($0)" }
        if sorted.count > lines.count { lines.append("\(name): and \(sorted.count - lines.count) problems more") }
        return lines.joined(separator: "\n")
    }

    mutating func read(_ bytes: [UInt8]) {
        let root: Node
        do throws(YAMLProblem) {
            root = try Node.root(of: bytes, limit: JobsFile.maximumSize, orGive: "jobs")
        } catch {
            return problems.append(error)
        }
        guard let entries = entries(of: root, "a jobs file") else { return }
        // The zone comes first, wherever it stands: every job is read in it.
        if let entry = entries.first(where: { $0.key == "timezone" }), let name = text(entry) {
            do throws(TriggerError) {
                file.zone = try Zone(named: name, field: "timezone")
            } catch {
                report(entry.node, error.description)
            }
        }
        for entry in entries {
            switch entry.key {
            case "timezone": break
            case "state": file.state = text(entry)
            case "jobs":
                if let jobs = entry.value.sequence, !jobs.isEmpty {
                    for job in jobs { readJob(job) }
                } else {
                    report(entry.node, "jobs: must be a list of one job or more, each beginning with '- id: …'")
                }
            default: report(unknown: entry, among: ["timezone", "state", "jobs"])
            }
        }
        if !entries.contains(where: { $0.key == "jobs" }) { report(root, "the key 'jobs' is missing") }
    }

    private mutating func readJob(_ node: Node) {
        guard let entries = entries(of: node, "a job") else { return }
        func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }
        for key in ["id", "command"] where entry(key) == nil { report(node, "the key '\(key)' is missing") }
        let id = entry("id").flatMap { readID($0) }
        let command = entry("command").flatMap { readCommand($0) }
        let others = entries.filter { !Self.jobKeys.contains($0.key) }
        let trigger = entry("trigger").flatMap { readTrigger($0, others) }
        if entry("trigger")?.value.scalar == nil {
            for other in others { report(unknown: other, among: Self.jobKeys) }
        }
        if let id, let command { file.jobs.append(JobsFile.Job(id: id, trigger: trigger, command: command)) }
    }

    private mutating func readID(_ entry: Entry) -> String? {
        guard let id = text(entry) else { return nil }
        // Strings that differ in normal form alone are equal in Swift.
        let isNormal = id.utf8.elementsEqual(id.precomposedStringWithCanonicalMapping.utf8)
        let hasControls = id.unicodeScalars.contains { $0.properties.generalCategory == .control }
        if !isNormal || hasControls || id.utf8.count > 200 {
            report(
                entry.node, "id: must be text of 1 to 200 bytes in Unicode's normal form C, without control characters")
        }
        if let line = lineOfJob.updateValue(entry.node.mark?.line ?? 1, forKey: id) {
            report(entry.node, "id: '\(id)' is the id of the job in line \(line) already")
        }
        return id
    }

    private mutating func readCommand(_ entry: Entry) -> [String]? {
        var words: [String] = []
        if let list = entry.value.sequence {
            words = list.compactMap { $0.scalar?.json == .null ? nil : $0.scalar?.string }
            if words.count < list.count || words.first == "" { words = [] }
        } else if let scalar = entry.value.scalar {
            switch scalar.json {
            case .null, .integer, .decimal: break
            // 'true' is a command.
            default: words = scalar.string.allSatisfy(\.isWhitespace) ? [] : ["/bin/sh", "-c", scalar.string]
            }
        }
        if !words.isEmpty, !words.contains(where: { $0.utf8.contains(0) }) { return words }
        report(entry.node, "command: must be a line for /bin/sh, or a list of a program and its arguments")
        return nil
    }

    /// Reads a trigger that stands in one key, or flat among the other keys of its job.
    private mutating func readTrigger(_ entry: Entry, _ others: [Entry]) -> Trigger? {
        let isFlat = entry.value.scalar != nil
        let flat = Node([(Node("type"), entry.value)] + others.map { ($0.node, $0.value) })
        let node = isFlat ? flat : entry.value
        // A second type would hide behind the first.
        if isFlat, let type = others.first(where: { $0.key == "type" }) {
            report(type.node, "type: says what 'trigger' says already; keep one of them")
            return nil
        }
        guard let entries = entries(of: node, "a trigger") else { return nil }
        let type = entries.first { $0.key == "type" }?.value.scalar?.string
        let keys = type.flatMap { Trigger.keys(ofType: $0) } ?? Trigger.keysOfAllTypes.sorted()
        let unknown = entries.filter { !keys.contains($0.key) }
        // In a flat job the word 'trigger' stands for the type.
        let known = isFlat ? Self.jobKeys + keys.filter { $0 != "type" } : keys
        for other in unknown { report(unknown: other, among: known) }
        var room = 160_000
        do {
            let json = try node.json(&room)
            return unknown.isEmpty ? try Trigger(json: json).resolved(defaultZone: file.zone) : nil
        } catch let error as TriggerError {
            let path = error.code == .unknownField ? "\(error.field).\(error.value)" : error.field
            let message = isFlat && path == "type" ? "trigger\("\(error)".dropFirst(path.count))" : "\(error)"
            problems.append(YAMLProblem(node.mark(of: path) ?? entry.node.mark, message))
        } catch {
            problems.append((error as? YAMLProblem) ?? YAMLProblem(entry.node.mark, "\(error)"))
        }
        return nil
    }

    /// The keys and values of a mapping.
    private mutating func entries(of node: Node, _ what: String) -> [Entry]? {
        guard let mapping = node.mapping else {
            report(node, "\(what) must consist of keys and values")
            return nil
        }
        // What a merge would bring is unknown, so all else would be reported besides.
        if let merge = mapping.first(where: { $0.key.scalar?.string == "<<" && $0.key.scalar?.style == .plain }) {
            report(merge.key, Node.mergeKeyRefusal)
            return nil
        }
        return mapping.compactMap { pair in
            if let key = pair.key.scalar?.string { return (key, pair.key, pair.value) }
            report(pair.key, "a key must be text")
            return nil
        }
    }

    private mutating func text(_ entry: Entry) -> String? {
        switch entry.value.scalar?.json {
        case .string(let text)? where !text.isEmpty: return text
        case .string?, .null?: report(entry.node, "\(entry.key): is empty")
        case nil: report(entry.node, "\(entry.key): must be text")
        default: report(entry.node, "\(entry.key): must be text; put it in quotes")
        }
        return nil
    }

    private mutating func report(unknown entry: Entry, among keys: [String]) {
        report(entry.node, "'\(entry.key)' \(refusal(ofKey: entry.key, among: keys))")
    }

    private mutating func report(_ node: Node, _ message: String) { problems.append(YAMLProblem(node.mark, message)) }
}
