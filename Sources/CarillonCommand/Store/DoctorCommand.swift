import ArgumentParser
import Carillon
import CarillonConfiguration
import CarillonSQL
import CarillonTriggers
import Foundation

/// `carillon doctor`.
struct DoctorCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks whether all is well with the configuration, the store and the machine.",
        discussion: """
            EXIT STATUS
              0   nothing is wrong; there may be warnings
              1   something is wrong
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    func execute() async throws(CommandFailure) {
        let findings = await HealthCheck(options: store).findings()
        if form.json {
            var list = JSONList()
            for finding in findings { try list.append(finding.json) }
            try list.end()
        } else {
            let terminal = Terminal.output
            for finding in findings {
                let word = finding.level.rawValue
                let padding = String(repeating: " ", count: 9 - word.count)
                for (index, line) in finding.text.split(separator: "\n").enumerated() {
                    let head = index == 0 ? terminal.painted(word, finding.level.colour) : ""
                    let gap = index == 0 ? padding : "         "
                    try CommandFailure.say("\(head)\(gap)\(finding.subject): \(String(line).printable)")
                }
            }
        }
        let wrong = findings.count { $0.level == .error }
        if wrong > 0 { throw CommandFailure(.refused, "\(wrong) of \(findings.count) checks failed") }
    }
}

/// What one check found.
struct Finding {
    enum Level: String {
        case ok, warning, error

        var colour: Colour {
            switch self {
            case .ok: .green
            case .warning: .yellow
            case .error: .red
            }
        }
    }

    let level: Level
    /// What was looked at, such as `clock`.
    let subject: String
    let text: String

    init(_ level: Level, _ subject: String, _ text: String) {
        self.level = level
        self.subject = subject
        self.text = text
    }

    var json: JSONValue {
        var form = JSONForm()
        form.add("check", subject)
        form.add("result", level.rawValue)
        form.add("text", text)
        return form.value
    }
}

/// The checks of `carillon doctor`, one after the other; what cannot be looked at is told as wrong.
struct HealthCheck {
    let options: StoreOptions

    func findings() async -> [Finding] {
        var findings: [Finding] = [zones()]
        let configuration: Configuration
        let address: StoreAddress
        do throws(CommandFailure) {
            configuration = try options.configuration()
            let all = try options.addresses(configuration)
            address = all[options.alias(among: all)] ?? .memory
            findings.append(
                Finding(
                    .ok, "configuration", options.config.map { "\($0) is right" } ?? "none is named, and none needed"))
            findings += configuration.remarks.map { Finding(.warning, "configuration", $0.description) }
        } catch {
            return findings + [Finding(.error, "configuration", error.description)]
        }
        if address.kind == .sqlite, let path = address.path { findings += file(path) }
        do throws(CommandFailure) {
            let store = try await address.opened(for: .looking)
            findings.append(Finding(.ok, "store", "\(address) answers"))
            if address.kind == .sqlite {
                let last = SQLMigration.all.last?.name ?? ""
                findings.append(
                    Finding(.ok, "schema", "version \(SQLMigration.all.count), '\(last)', is what this program knows"))
            }
            findings += try await CommandFailure.catching { () throws(CarillonError) in
                try await content(of: store, lease: configuration.lease)
            }
        } catch {
            findings.append(Finding(.error, "store", error.description))
        }
        return findings
    }

    private func zones() -> Finding {
        do throws(TriggerError) {
            let zone = try Zone("Europe/Berlin")
            let local = try Zone("local")
            _ = (zone, local)
            return Finding(.ok, "zones", "the time zone database has \(ZoneDatabase.system.zoneNames().count) zones")
        } catch {
            return Finding(.error, "zones", error.description)
        }
    }

    /// Who may read the file, and how much room is left beside it.
    private func file(_ path: String) -> [Finding] {
        var findings: [Finding] = []
        if let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? Int
        {
            let text = "\(path) has the mode \(String(mode, radix: 8))"
            findings.append(
                mode & 0o077 == 0
                    ? Finding(.ok, "permissions", text)
                    : Finding(
                        .warning, "permissions",
                        "\(text): others may read it, and arguments of jobs may hold passwords; chmod 600 \(path)"))
            if access(path, W_OK) != 0 {
                findings.append(Finding(.error, "permissions", "\(path) cannot be written by this user"))
            }
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        var room = statvfs()
        guard statvfs(folder, &room) == 0 else { return findings }
        let free = UInt64(room.f_bavail) * UInt64(room.f_frsize)
        let text = "\(free / 1_048_576) MB are free in \(folder)"
        let level: Finding.Level = free < 16 << 20 ? .error : free < 256 << 20 ? .warning : .ok
        return findings + [Finding(level, "room", text)]
    }

    private func content(of store: any JobStore, lease: Duration) async throws(CarillonError) -> [Finding] {
        var findings: [Finding] = []
        let before = SystemClock().now
        let (time, nodes) = try await store.glance()
        let after = SystemClock().now
        // The store's clock is read somewhere between the two.
        let ahead = max(0, time.microseconds - after.microseconds, before.microseconds - time.microseconds)
        findings.append(
            ahead > 1_000_000
                ? Finding(.warning, "clock", "differs from the store's by \(ahead / 1_000_000) s; set both by NTP")
                : Finding(.ok, "clock", "agrees with the store's"))
        let alive = nodes.filter { $0.isAlive(at: time, lease: lease) }
        findings.append(
            alive.isEmpty
                ? Finding(.warning, "nodes", "no node shares the store: nobody runs its jobs")
                : Finding(.ok, "nodes", "\(alive.count) share the store"))
        if !alive.isEmpty {
            var filter = JobFilter()
            for node in alive { filter.exceptTasks.formUnion(node.report.tasks) }
            if let parked = try await store.jobs(filter, page: Page(limit: 1)).first {
                findings.append(
                    Finding(
                        .warning, "jobs", "'\(parked.id)' is parked: no node has its task; carillon jobs list --parked")
                )
            }
        }
        let unreadable = try await store.jobs(JobFilter(), page: Page(limit: 1000)).filter {
            if case .unreadable = $0 { true } else { false }
        }
        for listing in unreadable.prefix(10) {
            if case .unreadable(let id, _, let reason) = listing {
                findings.append(Finding(.error, "jobs", "'\(id)' cannot be read: \(reason)"))
            }
        }
        return findings
    }
}
